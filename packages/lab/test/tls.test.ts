import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertKind, createLab, type Echo, type Lab } from '../src/index.js';
import { ask, connectThrough, secure } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const FLAWS = [
  ['expired', 'CERT_HAS_EXPIRED'],
  ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['unknown-ca', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
] as const;

describe('certificates', () => {
  it.each(FLAWS)('of an origin are %s', async (cert, code) => {
    const origin = await lab.origin({ protocol: 'h2', cert });
    await expect(ask(origin.url, { ca: lab.ca.cert })).rejects.toMatchObject({ code });
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect(origin.stats.requests).toBe(0);
  });

  it.each(FLAWS)('of a proxy are %s', async (cert, code) => {
    const proxy = await lab.proxy({ tls: true, cert });
    await expect(connectThrough(proxy.url, 'localhost:1', { ca: lab.ca.cert })).rejects.toMatchObject({ code });
  });

  it.each([
    ['ecdsa', 'sha256', 'ec'],
    ['ecdsa', 'sha384', 'ec'],
    ['rsa', 'sha512', 'rsa'],
  ] as const)('have a key of %s and a signature over %s', async (key, hash, type) => {
    const origin = await lab.origin({ protocol: 'https', cert: { key, hash, names: ['extra.test', '192.0.2.7'] } });
    const socket = await secure({ port: origin.port, ca: lab.ca.cert, servername: 'extra.test' });
    const certificate = new X509Certificate(socket.getPeerCertificate().raw);
    expect(certificate.publicKey.asymmetricKeyType).toBe(type);
    expect(certificate.checkIP('192.0.2.7')).toBe('192.0.2.7');
    // The signature algorithm's OID: ecdsa-with-SHA256, -384, -512 differ in their last byte.
    const oid = Buffer.from([
      0x06,
      0x08,
      0x2a,
      0x86,
      0x48,
      0xce,
      0x3d,
      0x04,
      0x03,
      { sha256: 2, sha384: 3, sha512: 4 }[hash],
    ]);
    expect(certificate.raw.includes(oid)).toBe(true);
    socket.destroy();
  });

  it('are good for the names of the lab', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    for (const servername of ['localhost', 'web.corp.test', 'www.partner.test']) {
      (await secure({ port: origin.port, ca: lab.ca.cert, servername })).destroy();
    }
  });
});

describe('client certificates', () => {
  const origin = (requestClientCert: boolean | 'optional') =>
    lab.origin({ protocol: 'https', cert: { requestClientCert } satisfies CertKind });

  it('are required, or only asked for', async () => {
    const own = await lab.clientCertificate('alice');
    const required = await origin(true);
    const answer = await ask(`${required.url}/echo`, { ...own, ca: lab.ca.cert });
    expect(answer.json<Echo>().clientCertificate).toBe('alice');
    await expect(ask(required.url, { ca: lab.ca.cert })).rejects.toThrow();
    const optional = await origin('optional');
    expect((await ask(`${optional.url}/echo`, { ca: lab.ca.cert })).json<Echo>().clientCertificate).toBeNull();
  });
});

it('resumes sessions', async () => {
  const origin = await lab.origin({ protocol: 'https' });
  const first = await secure({ port: origin.port, ca: lab.ca.cert });
  const session = await new Promise<Buffer>((resolve) => first.once('session', resolve));
  first.destroy();
  const second = await secure({ port: origin.port, ca: lab.ca.cert, session });
  expect(second.isSessionReused()).toBe(true);
  await origin.until(({ log }) => log.some((event) => event.type === 'secure' && event.resumed));
  second.destroy();
});

it('tells of handshakes that fail', async () => {
  const origin = await lab.origin({ protocol: 'https' });
  await expect(
    secure({ port: origin.port, ca: lab.ca.cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }),
  ).rejects.toThrow();
  await expect(secure({ port: origin.port, ca: lab.ca.cert, ALPNProtocols: ['h2'] })).rejects.toThrow();
  await origin.until(({ log }) => log.some(({ type }) => type === 'tls-error'));
});

it('has one authority in all labs of a process', async () => {
  const other = await createLab();
  expect(other.ca.cert).toBe(lab.ca.cert);
  expect((await lab.monitoringProxy()).ca.cert).not.toBe(lab.ca.cert);
  await other.close();
});
