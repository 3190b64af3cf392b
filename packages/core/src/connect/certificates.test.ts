import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TlsOptions as ServerOptions, type TLSSocket } from 'node:tls';
import { CertificateError, systemClock } from '@netloom/contracts';
import { type CertKind, createLab, type Lab } from '@netloom/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  CA,
  EXPIRED,
  EXPIRED_BY_MIDDLE,
  EXPIRED_FOR_CLIENTS,
  EXPIRED_FOR_OTHER,
  EXPIRED_FORGED,
  FUTURE,
  LEAF_KEY,
  MIDDLE,
} from '../../test/support/certificates.js';
import { get, labConnector, opening, via } from '../../test/support/connecting.js';
import type { TlsOptions, VerifyCertificate } from '../tls/options.js';
import { createConnector } from './connector.js';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A TLS server on a loopback port that closes every connection once the client has. */
async function serve(options: ServerOptions): Promise<string> {
  const server = createServer({ key: LEAF_KEY, ...options }, (socket) => {
    socket.on('error', () => undefined); // a client that refuses the certificate resets
    socket.resume();
  });
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

/** Opens and closes a connection; returns what it failed with. */
async function attempt(url: string, origin: TlsOptions): Promise<CertificateError | undefined> {
  const connector = createConnector({ hostResolver: lab.dns, clock: systemClock, tls: { origin } });
  const error = await connector.open(opening(url)).then(
    ({ socket }) => void socket.destroy(),
    (reason: unknown) => reason,
  );
  return error as CertificateError | undefined;
}

describe('the gravest objection is the one that is told', () => {
  const known = { trust: 'none', ca: CA } as const;
  const unknown = { trust: 'bundled' } as const;

  test.each([
    ['expired', EXPIRED, known, ['ERR_CERT_DATE_INVALID']],
    ['not valid yet', FUTURE, known, ['ERR_CERT_DATE_INVALID']],
    ['expired, for another name', EXPIRED_FOR_OTHER, known, ['ERR_CERT_COMMON_NAME_INVALID', 'ERR_CERT_DATE_INVALID']],
    ['expired, of an unknown authority', EXPIRED, unknown, ['ERR_CERT_AUTHORITY_INVALID', 'ERR_CERT_DATE_INVALID']],
    [
      'expired, of an unknown authority, for another name',
      EXPIRED_FOR_OTHER,
      unknown,
      ['ERR_CERT_AUTHORITY_INVALID', 'ERR_CERT_COMMON_NAME_INVALID', 'ERR_CERT_DATE_INVALID'],
    ],
    ['expired and forged', EXPIRED_FORGED, known, ['ERR_CERT_AUTHORITY_INVALID', 'ERR_CERT_DATE_INVALID']],
    [
      'expired, issued by one that is no authority',
      EXPIRED_BY_MIDDLE + MIDDLE,
      known,
      ['ERR_CERT_AUTHORITY_INVALID', 'ERR_CERT_DATE_INVALID'],
    ],
    ['expired, not for servers', EXPIRED_FOR_CLIENTS, known, ['ERR_CERT_AUTHORITY_INVALID', 'ERR_CERT_DATE_INVALID']],
  ])('%s', async (_name, cert, tls, errors) => {
    const url = await serve({ cert });
    const verify = vi.fn<VerifyCertificate>(() => 'default');
    const error = await attempt(url, { ...tls, verify });
    expect(error).toBeInstanceOf(CertificateError);
    expect(error!.code).toBe(errors[0]);
    expect(verify.mock.calls[0]![0]).toMatchObject({ host: 'localhost', target: 'server', error: errors[0], errors });
    expect((await attempt(url, tls))?.code).toBe(errors[0]);
  });

  test('the certificate goes with the error', async () => {
    const url = await serve({ cert: EXPIRED });
    const error = await attempt(url, known);
    expect(error?.url).toBe(`${url}/`);
    expect(error?.certificate).toMatchObject({
      subject: 'CN=localhost',
      issuer: 'CN=Fixture CA',
      validTo: 'Feb  1 00:00:00 2020 GMT',
      pem: expect.stringContaining('BEGIN CERTIFICATE'),
      fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });
});

describe('certificates of the lab', () => {
  const flaws = [
    ['expired', 'ERR_CERT_DATE_INVALID'],
    ['wrong-name', 'ERR_CERT_COMMON_NAME_INVALID'],
    ['self-signed', 'ERR_CERT_AUTHORITY_INVALID'],
    ['unknown-ca', 'ERR_CERT_AUTHORITY_INVALID'],
  ] as const satisfies readonly (readonly [CertKind, string])[];

  test.each(flaws)('origin: %s', async (cert, code) => {
    const origin = await lab.origin({ protocol: 'https', cert });
    const open = labConnector(lab).open(opening(origin.url));
    await expect(open).rejects.toMatchObject({ name: 'CertificateError', code });
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect(origin.stats.requests).toBe(0);
  });

  test.each(flaws)('origin behind a tunnel: %s', async (cert, code) => {
    const origin = await lab.origin({ protocol: 'https', cert });
    const proxy = await lab.proxy({ tls: true });
    const open = labConnector(lab).open(opening(origin.url, { route: via('https', proxy) }));
    await expect(open).rejects.toMatchObject({
      name: 'CertificateError',
      code,
      proxy: `https://localhost:${proxy.port}`,
    });
    await proxy.until(({ stats }) => stats.openConnections === 0);
  });

  test.each(flaws)('proxy: %s', async (cert, code) => {
    const proxy = await lab.proxy({ tls: true, cert });
    const open = labConnector(lab).open(opening('http://web.test:80', { route: via('https', proxy) }));
    await expect(open).rejects.toMatchObject({
      name: 'CertificateError',
      code: 'ERR_PROXY_CERTIFICATE_INVALID',
      certificate: { pem: expect.any(String) },
      cause: { code },
    });
    await proxy.until(({ stats }) => stats.openConnections === 0);
    expect(proxy.stats.requests).toBe(0);
  });

  test('an IP address is checked as one, and never sent as a server name', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const { socket } = await labConnector(lab).open(opening(`https://127.0.0.1:${origin.port}`));
    expect((socket as TLSSocket).servername).toBeFalsy();
    expect(await get(socket)).toContain('200 OK');
    const url = await serve({ cert: EXPIRED });
    const byAddress = await attempt(url.replace('localhost', '127.0.0.1'), { trust: 'none', ca: CA });
    expect(byAddress?.code).toBe('ERR_CERT_COMMON_NAME_INVALID');
  });

  test('a server name of its own is sent and expected', async () => {
    const origin = await lab.origin({ protocol: 'https', cert: { names: ['other.test'] } });
    const trusting = { trust: 'none', ca: lab.ca.cert } as const;
    expect(await attempt(origin.url, { ...trusting, serverName: 'other.test' })).toBeUndefined();
    expect(await attempt(origin.url, { ...trusting, serverName: 'third.test' })).toMatchObject({
      code: 'ERR_CERT_COMMON_NAME_INVALID',
    });
  });

  test('a trailing dot is no part of the name', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    expect(await attempt(`https://localhost.:${origin.port}`, { trust: 'none', ca: lab.ca.cert })).toBeUndefined();
  });
});

describe('verify', () => {
  const trusting = () => ({ trust: 'none', ca: lab.ca.cert }) as const;

  test('accepts what the default check refuses, and refuses what it accepts', async () => {
    const bad = await lab.origin({ protocol: 'https', cert: 'expired' });
    const good = await lab.origin({ protocol: 'https' });
    expect(await attempt(bad.url, { ...trusting(), verify: () => true })).toBeUndefined();
    expect(await attempt(good.url, { ...trusting(), verify: async () => false })).toMatchObject({
      name: 'CertificateError',
      code: 'ERR_CERT_INVALID',
    });
    expect(await attempt(bad.url, { ...trusting(), verify: () => false })).toMatchObject({
      code: 'ERR_CERT_DATE_INVALID',
    });
    expect(await attempt(good.url, { ...trusting(), verify: () => 'default' })).toBeUndefined();
  });

  test('throws what the caller is to see, or breaks', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const own = new CertificateError('ERR_CERT_REVOKED', {});
    const throwing = (error: unknown) => () => {
      throw error;
    };
    expect(await attempt(origin.url, { ...trusting(), verify: throwing(own) })).toBe(own);
    const cause = new Error('oops');
    expect(await attempt(origin.url, { ...trusting(), verify: throwing(cause) })).toMatchObject({
      code: 'ERR_CERT_INVALID',
      cause,
    });
    await origin.until(({ stats }) => stats.openConnections === 0);
  });

  test('is told whether it judges the proxy or the origin', async () => {
    const proxy = await lab.proxy({ tls: true });
    const origin = await lab.origin({ protocol: 'https' });
    const verify = vi.fn<VerifyCertificate>(() => 'default');
    const options = { ...trusting(), verify };
    const connector = labConnector(lab, { tls: { origin: options, proxy: options } });
    const { socket } = await connector.open(opening(origin.url, { route: via('https', proxy) }));
    expect(verify.mock.calls.map(([{ target, port }]) => [target, port])).toEqual([
      ['proxy', proxy.port],
      ['server', origin.port],
    ]);
    socket.destroy();
  });

  test('may take its time, and an abort ends it', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const abort = new AbortController();
    const verify = vi.fn<VerifyCertificate>(() => new Promise(() => undefined));
    const connector = labConnector(lab, { tls: { origin: { ...trusting(), verify } } });
    const open = connector.open(opening(origin.url, { signal: abort.signal }));
    await vi.waitFor(() => expect(verify).toHaveBeenCalled());
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(open).rejects.toBe(reason);
    await origin.until(({ stats }) => stats.openConnections === 0);
  });

  test('is not asked where every certificate is accepted', async () => {
    const origin = await lab.origin({ protocol: 'https', cert: 'self-signed' });
    expect(await attempt(origin.url, { dangerouslyAcceptAnyCertificate: true })).toBeUndefined();
  });
});

describe('client certificates', () => {
  test('are shown to the origin or to the proxy', async () => {
    const alice = await lab.clientCertificate('alice');
    const cert = { requestClientCert: true };
    const proxy = await lab.proxy({ tls: true, cert });
    const origin = await lab.origin({ protocol: 'https', cert });
    const tls = { trust: 'none', ca: lab.ca.cert, ...alice } as const;
    const connector = labConnector(lab, { tls: { origin: tls, proxy: tls } });
    const { socket } = await connector.open(opening(origin.url, { route: via('https', proxy) }));
    expect(await get(socket)).toContain('200 OK');
  });

  test('that are missing: TLS 1.2 tells in the handshake, TLS 1.3 later', async () => {
    const origin = await lab.origin({ protocol: 'https', cert: { requestClientCert: true } });
    const trusting = { trust: 'none', ca: lab.ca.cert } as const;
    expect(await attempt(origin.url, { ...trusting, maxVersion: 'TLSv1.2' })).toMatchObject({
      code: 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH',
    });
    const { socket } = await labConnector(lab).open(opening(origin.url));
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
  });
});

describe('versions and ciphers', () => {
  const any = { dangerouslyAcceptAnyCertificate: true };

  test.each([
    ['versions', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }],
    [
      'ciphers',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
    ],
  ] as const)('%s that do not meet', async (_name, server, client) => {
    const url = await serve({ cert: EXPIRED, ...server });
    expect((await attempt(url, { ...any, ...client }))?.code).toBe('ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
    expect(await attempt(url, any)).toBeUndefined();
  });

  test('protocols that do not meet', async () => {
    const url = await serve({ cert: EXPIRED, ALPNProtocols: ['spdy'] });
    expect((await attempt(url, any))?.code).toBe('ERR_ALPN_NEGOTIATION_FAILED');
  });
});
