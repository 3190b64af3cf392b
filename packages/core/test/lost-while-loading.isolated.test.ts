import { expect, test } from 'vitest';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();

/** The first request over HTTP/2 of its process: what speaks it is loaded while TLS 1.3 brings the refusal. */
test('a connection that is refused while its engine is loaded fails the request', async () => {
  const { lab } = environment;
  const origin = await lab.origin({ protocol: 'h2', cert: { requestClientCert: true } });
  const client = environment.client({ tls: { ca: lab.ca.cert, trust: 'none' } });
  expect(await outcome(client.request(`${origin.url}/echo`))).toBe('ERR_SSL_CLIENT_AUTH_CERT_NEEDED');
});
