import { describe, expect, test, vi } from 'vitest';
import type { SelectClientCertificate, TlsOptions } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** An origin that refuses whoever shows no certificate, and a client that is asked for one. */
async function setUp(protocol: 'https' | 'h2', select: SelectClientCertificate, tls: TlsOptions = {}) {
  const { lab } = environment;
  const origin = await lab.origin({ protocol, cert: { requestClientCert: true } });
  const asked = vi.fn(select);
  const client = environment.client({
    tls: { ca: lab.ca.cert, trust: 'none', selectClientCertificate: asked, ...tls },
  });
  return { origin, client, asked };
}

describe.each(VERSIONS)('an origin that wants a certificate by %s', (maxVersion) => {
  test.each(['https', 'h2'] as const)(
    'is shown the one that is chosen, which is asked for once (%s)',
    async (protocol) => {
      const alice = await environment.lab.clientCertificate('alice');
      const { origin, client, asked } = await setUp(protocol, async () => alice, { maxVersion });
      const get = async () => {
        const { body } = await client.request(`${origin.url}/echo`, { method: 'POST', body: 'hello' });
        return (await body.json()) as { clientCertificate: string };
      };
      const answers = await Promise.all([get(), get(), get()]);
      expect(answers.map(({ clientCertificate }) => clientCertificate)).toEqual(['alice', 'alice', 'alice']);
      client.closeIdleConnections();
      expect(await get()).toMatchObject({ clientCertificate: 'alice' });
      expect(asked.mock.calls).toEqual([[{ host: 'localhost', port: origin.port }]]);
    },
  );

  test('is the end of the request when none is chosen, for the next one without a question', async () => {
    const { origin, client, asked } = await setUp('https', () => undefined, { maxVersion });
    const get = () => outcome(client.request(`${origin.url}/echo`));
    expect([await get(), await get()]).toEqual(Array(2).fill('ERR_SSL_CLIENT_AUTH_CERT_NEEDED'));
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

test('what the program throws is what the request fails with', async () => {
  const { origin, client } = await setUp('https', () => {
    throw new Error('no card in the reader');
  });
  await expect(client.request(`${origin.url}/echo`)).rejects.toThrow('no card in the reader');
});

test('an abort ends the question', async () => {
  const abort = new AbortController();
  const { origin, client } = await setUp('https', () => {
    abort.abort(new Error('enough'));
    return new Promise(() => undefined);
  });
  await expect(client.request(`${origin.url}/echo`, { signal: abort.signal })).rejects.toThrow('enough');
});

test.each<[string, object]>([
  ['tls', { selectClientCertificate: 'mine' }],
  ['tls', { selectClientCertificate: () => undefined, cert: 'x' }],
  ['proxyTls', { selectClientCertificate: () => undefined }],
])('%s: %o is refused', (name, options) => {
  expect(() => environment.client({ [name]: options } as never)).toThrow(/selectClientCertificate/);
});
