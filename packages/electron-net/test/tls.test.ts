import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { app, type Certificate, session } from '../src/index.js';
import { useLab } from './support/lab.js';

const environment = useLab();
const errorOf = (url: string) => environment.session.fetch(url).then(String, (error: Error) => error.message);

describe('setSSLConfig', () => {
  test('leaves suites out, also towards a host that was reached before', async () => {
    const { cert, key } = await environment.lab.serverCertificate();
    const server = createServer(
      { cert, key, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      (_request, response) => response.end('ok'),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    expect(await (await environment.session.fetch(url)).text()).toBe('ok');
    environment.session.setSSLConfig({ disabledCipherSuites: [0xc02b] });
    expect(await errorOf(url)).toBe('net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
    environment.session.setSSLConfig({ minVersion: 'tls1.3' });
    expect(await errorOf(url)).toMatch(/^net::ERR_SSL_(?:VERSION_OR_CIPHER_MISMATCH|PROTOCOL_ERROR)$/);
    environment.session.setSSLConfig({});
    expect(await (await environment.session.fetch(url)).text()).toBe('ok');
    server.close();
    server.closeAllConnections();
  });

  test('lets end what is under way', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    const slow = environment.session.fetch(`${origin.url}/slow?ms=50`);
    while (origin.stats.requests === 0) await new Promise(setImmediate);
    environment.session.setSSLConfig({ maxVersion: 'tls1.2' });
    expect((await slow).status).toBe(200);
    expect((await environment.session.fetch(`${origin.url}/echo`)).status).toBe(200);
  });
});

describe('a certificate that the default check refuses', () => {
  afterEach(() => void app.removeAllListeners('certificate-error'));

  test('is shown to the app, which may trust it, once', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const listener = vi.fn((event, _webContents, _url, _error, _certificate, callback) => {
      event.preventDefault();
      setImmediate(callback, true);
    });
    app.on('certificate-error', listener);
    expect(await errorOf(origin.url)).toBe('[object Response]');
    await environment.session.closeAllConnections();
    expect(await errorOf(origin.url)).toBe('[object Response]');
    expect(listener).toHaveBeenCalledTimes(1);
    const [, webContents, url, error, certificate, , isMainFrame] = listener.mock.calls[0] as unknown[];
    expect([webContents, url, error, isMainFrame]).toEqual([
      null,
      `${origin.url}/`,
      'net::ERR_CERT_AUTHORITY_INVALID',
      false,
    ]);
    expect((certificate as Certificate).data).toContain('BEGIN CERTIFICATE');
  });

  test.each([
    ['is refused by the app', true, false],
    ['is refused when the default is not prevented', false, true],
  ])('%s', async (_name, prevents, isTrusted) => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    app.on('certificate-error', (event, _webContents, _url, _error, _certificate, callback) => {
      if (prevents) event.preventDefault();
      callback(isTrusted);
    });
    expect(await errorOf(origin.url)).toBe('net::ERR_CERT_AUTHORITY_INVALID');
  });

  test('cannot be trusted when a proxy shows it', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const proxy = await environment.lab.proxy({ tls: true });
    const listener = vi.fn();
    app.on('certificate-error', listener);
    await environment.session.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
    expect(await errorOf(origin.url)).toBe('net::ERR_PROXY_CERTIFICATE_INVALID');
    expect(listener).not.toHaveBeenCalled();
  });

  test('is trusted by the switch, of proxies too', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const proxy = await environment.lab.proxy({ tls: true });
    app.commandLine.appendSwitch('ignore-certificate-errors');
    const trusting = session.fromPartition('trusting');
    app.commandLine.removeSwitch('ignore-certificate-errors');
    await trusting.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
    expect((await trusting.fetch(origin.url)).status).toBe(200);
    await trusting.closeAllConnections();
  });
});

test('--disable-http2 leaves HTTP/1.1', async () => {
  const origin = await environment.lab.origin({ protocol: 'h2' });
  app.commandLine.appendSwitch('disable-http2');
  const old = session.fromPartition('without HTTP/2');
  old.setCertificateVerifyProc((_request, callback) => callback(0));
  const { protocol } = (await (await old.fetch(`${origin.url}/echo`)).json()) as { protocol: string };
  app.commandLine.removeSwitch('disable-http2');
  expect(protocol).toBe('http/1.1');
  await old.closeAllConnections();
});
