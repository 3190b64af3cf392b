import { X509Certificate } from 'node:crypto';
import { connect as http2Connect } from 'node:http2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { basicAuth, createLab, type Echo, type Lab, type Origin } from '../src/index.js';
import { ask, connectThrough, RawClient, readAll, secure } from './client.js';

let lab: Lab;
let web: Origin;
beforeAll(async () => {
  lab = await createLab();
  lab.dns.set('web.corp.test', ['127.0.0.1']);
  web = await lab.origin({ protocol: 'https' });
});
afterAll(() => lab.close());

it.each([false, true])('reads HTTP/1.1 inside its tunnels (TLS to the proxy: %s)', async (tls) => {
  const proxy = await lab.monitoringProxy({ tls });
  const target = `web.corp.test:${web.port}`;
  const { socket } = await connectThrough(proxy.url, target, { ca: lab.ca.cert });
  const inner = await secure({ socket, ca: proxy.ca.cert, servername: 'web.corp.test' });
  const certificate = new X509Certificate(inner.getPeerCertificate().raw);
  expect(certificate.issuer).toContain('Monitoring CA');
  inner.write(`POST /echo HTTP/1.1\r\nHost: ${target}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`);
  expect((await readAll(inner)).toString()).toContain('"bytes":2');
  expect(proxy.requests).toMatchObject([{ method: 'POST', url: `https://${target}/echo`, protocol: 'http/1.1' }]);
  expect(proxy.inside.stats).toMatchObject({ connections: 1, requests: 1 });
});

it('reads h2 inside its tunnels', async () => {
  const proxy = await lab.monitoringProxy();
  const target = `web.corp.test:${web.port}`;
  const { socket } = await connectThrough(proxy.url, target);
  const inner = await secure({ socket, ca: proxy.ca.cert, servername: 'web.corp.test', ALPNProtocols: ['h2'] });
  const session = http2Connect(`https://${target}`, { createConnection: () => inner });
  const post = (body: string) => {
    const stream = session.request({ ':path': '/echo', ':method': 'POST' });
    stream.end(body);
    return readAll(stream).then((answer) => JSON.parse(answer.toString()) as Echo);
  };
  const echoes = await Promise.all(['a', 'bb', 'ccc'].map(post));
  expect(echoes.map(({ bytes }) => bytes)).toEqual([1, 2, 3]);
  const stream = session.request({ ':path': '/chunked?chunks=2' });
  expect((await readAll(stream)).toString()).toBe('chunk 0\nchunk 1\n');
  expect(proxy.requests.map(({ protocol }) => protocol)).toEqual(['h2', 'h2', 'h2', 'h2']);
  session.destroy();
});

it('asks for a sign-in before it opens a tunnel', async () => {
  const proxy = await lab.monitoringProxy({ auth: { schemes: [basicAuth()] } });
  const { status } = await connectThrough(proxy.url, `web.corp.test:${web.port}`);
  expect(status).toBe(407);
  expect(proxy.requests).toEqual([]);
});

it('passes plain http and WebSockets on', async () => {
  const plain = await lab.origin({ protocol: 'http' });
  const proxy = await lab.monitoringProxy({ alpn: ['http/1.1'] });
  expect((await ask(proxy.url, { path: `${plain.url}/`, headers: { host: 'localhost' } })).text).toBe('ok');
  const { socket } = await connectThrough(proxy.url, `web.corp.test:${web.port}`);
  const raw = new RawClient(await secure({ socket, ca: proxy.ca.cert, servername: 'web.corp.test' }));
  raw.write(
    'GET /ws HTTP/1.1\r\nHost: web.corp.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await raw.take(/^HTTP\/1\.1 101 /);
  raw.socket.destroy();
});

it('checks the origin, and says so to the client inside the tunnel', async () => {
  const bad = await lab.origin({ protocol: 'https', cert: 'expired' });
  const proxy = await lab.monitoringProxy();
  const { socket } = await connectThrough(proxy.url, `localhost:${bad.port}`);
  const inner = await secure({ socket, ca: proxy.ca.cert });
  inner.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect((await readAll(inner)).toString()).toMatch(/^HTTP\/1\.1 502 [\s\S]*CERT_HAS_EXPIRED/);
});

it('reads nothing of a client that does not trust it', async () => {
  const proxy = await lab.monitoringProxy();
  const { socket } = await connectThrough(proxy.url, `web.corp.test:${web.port}`);
  const untrusted = secure({ socket, ca: lab.ca.cert, servername: 'web.corp.test' });
  await expect(untrusted).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await proxy.until(({ stats }) => stats.openConnections === 0);
  expect(proxy.requests).toEqual([]);
});
