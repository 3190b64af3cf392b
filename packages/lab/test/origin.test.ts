import { createHash } from 'node:crypto';
import { connect as http2Connect } from 'node:http2';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { COMPRESSED_TEXT, createLab, type Echo, type Lab, type Origin } from '../src/index.js';
import { type Ask, ask, oneConnection, RawClient, readAll } from './client.js';

let lab: Lab;
let origin: Origin;
beforeAll(async () => {
  lab = await createLab();
  origin = await lab.origin({ protocol: 'http' });
});
afterAll(() => lab.close());

const get = (path: string, options?: Ask) => ask(origin.url + path, options);
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

describe.each(['http', 'https', 'h2'] as const)('an origin of %s', (protocol) => {
  it('echoes over HTTP/1.1', async () => {
    const server = await lab.origin({ protocol });
    const answer = await ask(`${server.url}/echo?x=1`, {
      method: 'POST',
      body: 'hello',
      headers: { 'X-Mixed-Case': 'kept' },
      ca: lab.ca.cert,
    });
    expect(answer.status).toBe(200);
    expect(answer.json<Echo>()).toMatchObject({
      method: 'POST',
      path: '/echo?x=1',
      bytes: 5,
      sha256: sha256('hello'),
      connection: 1,
      protocol: 'http/1.1',
      user: null,
    });
    expect(answer.json<Echo>().headers).toContain('X-Mixed-Case');
    expect(server.stats).toMatchObject({ connections: 1, requests: 1, byConnection: [1] });
  });
});

it('speaks h2 where ALPN chose it', async () => {
  const server = await lab.origin({ protocol: 'h2' });
  const session = http2Connect(server.url, { ca: lab.ca.cert });
  const stream = session.request({ ':path': '/echo', ':method': 'POST' });
  stream.end('hello');
  const echo = JSON.parse((await readAll(stream)).toString()) as Echo;
  expect(echo).toMatchObject({ protocol: 'h2', bytes: 5, connection: 1, path: '/echo' });
  session.close();
  expect(server.log).toContainEqual({ type: 'secure', connection: 1, alpn: 'h2', resumed: false });
  expect(server.stats.bytesIn).toBeGreaterThan(100);
});

it('listens on ::1 where the machine has it', async (context) => {
  const server = await lab.origin({ protocol: 'http', host: '::1' }).catch((error: NodeJS.ErrnoException) => error);
  if (server instanceof Error) {
    return context.skip(`no IPv6 here: ${server.code}`);
  }
  expect(server.url).toBe(`http://[::1]:${server.port}`);
  expect((await ask(`${server.url}/echo`)).status).toBe(200);
});

describe('answers', () => {
  it('has any status', async () => {
    expect(await Promise.all([204, 304, 404, 503].map(async (n) => (await get(`/status/${n}`)).status))).toEqual([
      204, 304, 404, 503,
    ]);
    expect((await get('/status/99')).status).toBe(400);
    expect((await get('/nothing/here')).status).toBe(404);
    expect((await get('/', { method: 'HEAD' })).body).toHaveLength(0);
  });

  it('redirects', async () => {
    const one = await get('/redirect?to=https://a.test/b&status=307');
    expect([one.status, one.headers.location]).toEqual([307, 'https://a.test/b']);
    expect((await get('/redirects/2')).headers.location).toBe('/redirects/1');
    expect((await get('/redirects/1')).headers.location).toBe('/echo');
    expect((await get('/loop')).headers.location).toBe('/loop');
    const bounce = await get('/bounce');
    expect(bounce.headers.location).toBe('/bounce');
    expect((await get('/bounce', { headers: { cookie: 'a=b; bounced=1' } })).text).toBe('bounced');
  });

  it('is slow, stalls until released, hangs', async () => {
    expect((await get('/slow?ms=1')).text).toBe('slow');
    const stalled = get('/stall');
    await origin.until(({ log }) => log.some((event) => event.type === 'request' && event.target === '/stall'));
    const raw = new RawClient(origin.port);
    raw.write('GET /stall HTTP/1.1\r\nHost: a\r\n\r\n');
    await raw.take(/a part, /);
    origin.release();
    expect((await stalled).text).toBe('a part, the rest');
    raw.socket.destroy();
    const hanging = new RawClient(origin.port);
    hanging.write('GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
    await origin.until(({ log }) => log.some((event) => event.type === 'request' && event.target === '/hang'));
    expect(hanging.received).toBe('');
    hanging.socket.destroy();
  });

  it('sends chunks and trailers', async () => {
    const chunked = await get('/chunked?chunks=3');
    expect(chunked.headers['transfer-encoding']).toBe('chunked');
    expect(chunked.text).toBe('chunk 0\nchunk 1\nchunk 2\n');
    expect((await get('/trailers')).trailers).toEqual({ 'x-checksum': 'abc123' });
  });

  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['deflate-raw', inflateRawSync],
    ['br', brotliDecompressSync],
    ['twice', (body: Buffer) => gunzipSync(brotliDecompressSync(body))],
  ] as const)('codes by %s', async (name, decode) => {
    const { body } = await get(`/compressed/${name}`);
    expect(decode(body).toString()).toBe(COMPRESSED_TEXT);
  });

  it('codes badly, or not at all', async () => {
    const bad = await get('/compressed/bad-gzip');
    expect(bad.headers['content-encoding']).toBe('gzip');
    expect(() => gunzipSync(bad.body)).toThrow();
    const cut = await get('/compressed/cut-gzip');
    expect(() => gunzipSync(cut.body)).toThrow('unexpected end of file');
    expect((await get('/compressed/morse')).status).toBe(501);
    const { zstdDecompressSync } = (await import('node:zlib')) as { zstdDecompressSync?: (body: Buffer) => Buffer };
    const zstd = await get('/compressed/zstd');
    if (zstdDecompressSync) expect(zstdDecompressSync(zstd.body).toString()).toBe(COMPRESSED_TEXT);
    else expect(zstd.status).toBe(501);
  });

  it('sends as much as is wanted', async () => {
    expect((await get('/big?bytes=300001')).body).toHaveLength(300_001);
    expect((await get('/big?bytes=0')).body).toHaveLength(0);
  });

  it('counts uploads that came in full', async () => {
    const body = Buffer.alloc(100_000, 'x');
    await get('/upload', { method: 'POST', body, headers: { 'x-upload-id': 'one' } });
    await get('/upload', { method: 'PUT', body: 'y', headers: { 'x-upload-id': 'one' } });
    expect(origin.uploads.get('one')).toEqual([
      { bytes: 100_000, sha256: sha256(body) },
      { bytes: 1, sha256: sha256('y') },
    ]);
    const raw = new RawClient(origin.port);
    raw.write('POST /upload HTTP/1.1\r\nHost: a\r\nX-Upload-Id: cut\r\nContent-Length: 10\r\n\r\nhalf');
    await origin.until(({ log }) => log.some((event) => event.type === 'request' && event.headers.includes('cut')));
    raw.socket.resetAndDestroy();
    await raw.closed;
    expect((await get('/')).text).toBe('ok');
    expect(origin.uploads.has('cut')).toBe(false);
    expect(origin.stats.uploads).toBe(2);
  });

  it('sets and shows cookies', async () => {
    expect((await get('/cookies/set?a=1&b=2')).headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    const line = 'a=1; Secure; SameSite=None';
    expect((await get(`/cookies/raw?line=${encodeURIComponent(line)}`)).headers['set-cookie']).toEqual([line]);
    const shown = await get('/cookies', { headers: { cookie: 'a=1; b=x=y' } });
    expect(shown.json()).toEqual({ a: '1', b: 'x=y' });
  });

  it('has answers to be cached', async () => {
    expect((await get('/cache/max-age?seconds=5')).headers['cache-control']).toBe('max-age=5');
    const { etag } = (await get('/cache/etag')).headers;
    expect((await get('/cache/etag', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const { 'last-modified': since } = (await get('/cache/last-modified')).headers;
    expect((await get('/cache/last-modified', { headers: { 'if-modified-since': since } })).status).toBe(304);
    expect((await get('/cache/vary', { headers: { 'accept-language': 'de' } })).json()).toEqual({
      hits: 1,
      language: 'de',
    });
    expect(origin.hits('/cache/etag')).toBe(2);
    expect((await get('/cache/forever')).status).toBe(404);
  });

  it('sends events, from the last one on', async () => {
    const { text, headers } = await get('/events?count=2&retry=10', { headers: { 'last-event-id': '4' } });
    expect(headers['content-type']).toBe('text/event-stream');
    expect(text).toBe('retry: 10\n\nid: 5\nevent: tick\ndata: event 5\n\nid: 6\nevent: tick\ndata: event 6\n\n');
  });
});

it('echoes WebSocket messages, text as text and binary as binary', async () => {
  const socket = new WebSocket(`${origin.url.replace('http', 'ws')}/ws`);
  const messages: [string, boolean][] = [];
  const done = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      socket.send('text');
      socket.send(Buffer.from('binary'));
    });
    socket.on('message', (data: Buffer, binary) => {
      if (messages.push([data.toString(), binary]) === 2) resolve();
    });
  });
  await done;
  expect(messages).toEqual([
    ['text', false],
    ['binary', true],
  ]);
  socket.terminate();
});

it('refuses what it is not: a proxy, or a WebSocket elsewhere', async () => {
  const raw = new RawClient(origin.port);
  raw.write('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n');
  await raw.take(/^HTTP\/1\.1 405 .*This is no proxy/s);
  // The connection goes on: node lets go of it at CONNECT, and gets it back.
  raw.write('GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await raw.take(/^HTTP\/1\.1 404 .*No such WebSocket/s);
  raw.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
  await raw.take(/^HTTP\/1\.1 200 .*"bytes":0/s);
  raw.write('this is no request\r\n\r\n');
  await raw.take(/^[\s\S]*HTTP\/1\.1 400 Bad Request/);
  await raw.closed;
});

it('keeps a connection alive for as long as the client wants', async () => {
  const server = await lab.origin({ protocol: 'http' });
  const agent = oneConnection();
  for (let index = 0; index < 3; index++) await ask(`${server.url}/`, { agent });
  expect(server.stats).toMatchObject({ connections: 1, requests: 3, openConnections: 1 });
  agent.destroy();
  await server.until(({ stats }) => stats.openConnections === 0);
});
