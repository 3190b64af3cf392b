import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BOUND_HELLO,
  basicAuth,
  boundAuth,
  boundResponse,
  createLab,
  type Echo,
  type Lab,
  type Origin,
} from '../src/index.js';
import { ask, connectThrough, oneConnection, RawClient, readAll, secure } from './client.js';

let lab: Lab;
let web: Origin;
let tlsWeb: Origin;
beforeAll(async () => {
  lab = await createLab();
  lab.dns.set('web.corp.test', ['127.0.0.1']);
  web = await lab.origin({ protocol: 'http' });
  tlsWeb = await lab.origin({ protocol: 'https' });
});
afterAll(() => lab.close());

describe.each([false, true])('a proxy with TLS: %s', (tls) => {
  it('passes plain http on in absolute form', async () => {
    const proxy = await lab.proxy({ tls });
    const target = `http://web.corp.test:${web.port}/echo?x`;
    const answer = await ask(proxy.url, {
      path: target,
      method: 'POST',
      body: 'hello',
      headers: { host: `web.corp.test:${web.port}`, 'proxy-connection': 'keep-alive', 'X-Kept': 'yes' },
      ca: lab.ca.cert,
    });
    const echo = answer.json<Echo>();
    expect(echo).toMatchObject({ path: '/echo?x', bytes: 5 });
    expect(echo.headers).toContain('X-Kept');
    expect(echo.headers).not.toContain('proxy-connection');
    expect(proxy.stats).toMatchObject({ connections: 1, requests: 1, tunnels: 0 });
  });

  it('opens tunnels', async () => {
    const proxy = await lab.proxy({ tls });
    const { status, socket } = await connectThrough(proxy.url, `web.corp.test:${tlsWeb.port}`, { ca: lab.ca.cert });
    expect(status).toBe(200);
    const inner = await secure({ socket, ca: lab.ca.cert, servername: 'web.corp.test' });
    inner.write('GET /echo HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    expect((await readAll(inner)).toString()).toContain('"path":"/echo"');
    expect(proxy.stats).toMatchObject({ connections: 1, requests: 1, tunnels: 1 });
    await proxy.until(({ stats }) => stats.openConnections === 0);
  });
});

it('asks for a sign-in on the connection that goes on, and hides the answer from the origin', async () => {
  const proxy = await lab.proxy({ auth: { schemes: [basicAuth()], body: { bytes: 5000, chunked: true } } });
  const raw = new RawClient(proxy.port);
  const connect = `CONNECT web.corp.test:${web.port} HTTP/1.1\r\nHost: web.corp.test:${web.port}\r\n`;
  raw.write(`${connect}\r\n`);
  expect(await raw.take(/^HTTP\/1\.1 407 [\s\S]*\r\n0\r\n\r\n/)).toMatch(/Proxy-Authenticate: Basic realm="lab"/i);
  raw.write(`${connect}Proxy-Authorization: Basic ${Buffer.from('alice:wrong').toString('base64')}\r\n\r\n`);
  await raw.take(/^HTTP\/1\.1 407 [\s\S]*\r\n0\r\n\r\n/);
  const good = Buffer.from('jürgen:päßword').toString('base64');
  raw.write(`${connect}Proxy-Authorization: Basic ${good}\r\n\r\n`);
  await raw.take(/^HTTP\/1\.1 200 .*\r\n\r\n/);
  raw.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(await raw.take(/\{.*\}/)).not.toContain('Proxy-Authorization');
  expect(proxy.stats).toMatchObject({ connections: 1, requests: 3, rounds: 2, tunnels: 1, byConnection: [3] });
  expect(proxy.log).toContainEqual({ type: 'rejected', connection: 1, scheme: 'Basic', reason: 'wrong password' });
  expect(proxy.log).toContainEqual({ type: 'authenticated', connection: 1, scheme: 'Basic', user: 'jürgen' });
  raw.socket.destroy();
});

it('gives each client connection origin connections of its own', async () => {
  const origin = await lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
  const proxy = await lab.proxy();
  const agent = oneConnection();
  const get = (authorization?: string) =>
    ask(proxy.url, {
      agent,
      path: `${origin.url}/echo`,
      headers: { host: `localhost:${origin.port}`, ...(authorization && { authorization }) },
    });
  expect((await get()).headers['www-authenticate']).toBe('Bound');
  const challenge = (await get(`Bound ${BOUND_HELLO}`)).headers['www-authenticate'] ?? '';
  const nonce = Buffer.from(challenge.slice('Bound '.length), 'base64');
  const signedIn = await get(`Bound ${boundResponse(nonce, 'alice', 'wonderland')}`);
  expect(signedIn.json<Echo>().user).toBe('alice');
  expect((await get()).json<Echo>().user).toBe('alice');
  expect(origin.stats).toMatchObject({ connections: 1, handshakes: 1, crossSocket: 0, rounds: 2 });
  expect((await ask(proxy.url, { path: `${origin.url}/echo`, headers: { host: 'x' } })).status).toBe(401);
  expect(origin.stats.connections).toBe(2);
  origin.closeConnections();
  await proxy.until(({ stats }) => stats.openConnections === 0);
  agent.destroy();
});

it('says when the next hop cannot be reached', async () => {
  const proxy = await lab.proxy();
  const dead = await lab.deadPort();
  const refused = await ask(proxy.url, { path: `http://localhost:${dead}/`, method: 'POST', body: 'x' });
  expect([refused.status, refused.headers['x-lab-error']]).toEqual([502, 'ECONNREFUSED']);
  expect((await connectThrough(proxy.url, `localhost:${dead}`)).status).toBe(502);
  const unknown = await ask(proxy.url, { path: 'http://unknown.corp.test/' });
  expect(unknown.headers['x-lab-error']).toBe('ENOTFOUND');
  const codes = proxy.log.filter((event) => event.type === 'unreachable').map((event) => event.code);
  expect(codes).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ENOTFOUND']);
});

it('refuses what is no proxy request', async () => {
  const proxy = await lab.proxy();
  expect((await ask(`${proxy.url}/path`)).status).toBe(400);
  expect((await ask(proxy.url, { path: 'http://[broken/' })).status).toBe(400);
  expect((await connectThrough(proxy.url, 'no-port')).status).toBe(400);
});

it('resolves names as it is told', async () => {
  const proxy = await lab.proxy({ resolve: (hostname) => (hostname === 'own.test' ? '127.0.0.1' : []) });
  const answer = await ask(proxy.url, { path: `http://own.test:${web.port}/`, headers: { host: 'own.test' } });
  expect(answer.text).toBe('ok');
  expect((await ask(proxy.url, { path: 'http://other.test/' })).status).toBe(502);
});

it('passes trailers, early ends and upgrades on', async () => {
  const proxy = await lab.proxy();
  const through = (path: string, headers = {}) =>
    ask(proxy.url, { path: web.url + path, headers: { host: `localhost:${web.port}`, ...headers } });
  expect((await through('/trailers')).trailers).toEqual({ 'x-checksum': 'abc123' });
  await web.setFault({ kind: 'short-body', first: 1 });
  await expect(through('/')).rejects.toMatchObject({ code: 'ECONNRESET' });
  await web.setFault(undefined);
  const raw = new RawClient(proxy.port);
  raw.write(
    `GET ${web.url}/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await raw.take(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
  raw.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])); // text "hi", masked with zeros
  await raw.take(/hi$/);
  raw.socket.destroy();
});

it('delivers what was sent before the other side ended', async () => {
  const bytes = 4 * 1024 * 1024;
  const sender = createServer((socket) => socket.end(Buffer.alloc(bytes, 1))).listen(0, '127.0.0.1');
  await new Promise((resolve) => sender.once('listening', resolve));
  const { port } = sender.address() as { port: number };
  const proxy = await lab.proxy();
  const { socket, head } = await connectThrough(proxy.url, `127.0.0.1:${port}`);
  expect(head.length + (await readAll(socket)).length).toBe(bytes);
  sender.close();
});

it('keeps two bound sign-ins on each of many connections apart', async () => {
  const origin = await lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
  const proxy = await lab.proxy({ auth: { schemes: [boundAuth()] } });
  const worker = async () => {
    const agent = oneConnection();
    const post = (headers = {}) =>
      ask(proxy.url, {
        agent,
        method: 'POST',
        body: 'x',
        path: `${origin.url}/upload`,
        headers: { host: 'x', ...headers },
      });
    for (const [request, challenge] of [
      ['proxy-authorization', 'proxy-authenticate'],
      ['authorization', 'www-authenticate'],
    ] as const) {
      const value = String((await post({ [request]: `Bound ${BOUND_HELLO}` })).headers[challenge]);
      const nonce = Buffer.from(value.slice('Bound '.length), 'base64');
      await post({ [request]: `Bound ${boundResponse(nonce, 'alice', 'wonderland')}` });
    }
    for (let index = 0; index < 8; index++) expect((await post()).status).toBe(200);
    agent.destroy();
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  expect(proxy.stats).toMatchObject({ connections: 6, handshakes: 6, crossSocket: 0 });
  expect(origin.stats).toMatchObject({ connections: 6, handshakes: 6, crossSocket: 0, uploads: 54 });
});
