import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Client, createClient } from '../src/client/client.js';
import type { ClientOptions } from '../src/client/options.js';
import type { Layer } from '../src/client/pipeline.js';
import { serve } from './support/servers.js';

function clientWith(options: ClientOptions): Client {
  const client = createClient(options);
  onTestFinished(() => client.destroy());
  return client;
}

describe('all layers together over the pool', () => {
  test('a redirect sets a cookie, and the next hop goes over the same connection with it', async () => {
    const seen: string[] = [];
    let connections = 0;
    const { origin, server } = await serve((req, res) => {
      seen.push(`${req.method} ${req.url} ${req.headers.cookie ?? 'no cookie'}`);
      if (req.url === '/a') res.writeHead(302, { location: '/b', 'set-cookie': 's=1' }).end('moved');
      else res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('decoded'));
    });
    server.on('connection', () => {
      connections += 1;
    });
    const client = clientWith({ redirect: { mode: 'follow' }, cookies: true, decode: true, cache: true });
    const { body, context } = await client.request(`${origin}/a`, { method: 'POST', body: 'x' });
    expect(await body.text()).toBe('decoded');
    expect(seen).toEqual(['POST /a no cookie', 'GET /b s=1']);
    expect((context as { history: URL[] }).history.map(({ pathname }) => pathname)).toEqual(['/a', '/b']);
    expect(connections).toBe(1);
  });

  test('a stream that fits into the replay buffer is sent again after 307; a longer one is an error', async () => {
    const received: number[] = [];
    const { origin } = await serve(async (req, res) => {
      let size = 0;
      for await (const chunk of req) size += chunk.length;
      received.push(size);
      if (req.url === '/first') res.writeHead(307, { location: '/second' }).end();
      else res.end('accepted');
    });
    const client = clientWith({ redirect: { mode: 'follow' }, replayBufferBytes: 1000 });
    const send = (size: number) =>
      client.request(`${origin}/first`, { method: 'POST', body: new Blob([Buffer.alloc(size)]).stream() as never });
    expect(await (await send(1000)).body.text()).toBe('accepted');
    expect(received).toEqual([1000, 1000]);
    await expect(send(1001)).rejects.toMatchObject({ code: 'ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED' });
    expect(received).toEqual([1000, 1000, 1001]);
  });

  test('credentials of a URL stay with their origin', async () => {
    const sent: (string | undefined)[] = [];
    const target = await serve((req, res) => {
      sent.push(req.headers.authorization);
      res.writeHead(401, { 'www-authenticate': 'Basic realm="other"' }).end();
    });
    const { origin } = await serve((req, res) => {
      sent.push(req.headers.authorization);
      if (req.headers.authorization === undefined)
        res.writeHead(401, { 'www-authenticate': 'Basic realm="first"' }).end();
      else res.writeHead(302, { location: target.origin }).end();
    });
    const client = clientWith({ redirect: { mode: 'follow' } });
    let status = 0;
    await new Promise<void>((resolve, reject) => {
      const options = { origin: origin.replace('//', '//alice:secret@'), path: '/', method: 'GET' } as const;
      client.dispatcher.dispatch(options, {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, given) => {
          status = given;
        },
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      });
    });
    expect(status).toBe(401);
    expect(sent).toEqual([undefined, `Basic ${Buffer.from('alice:secret').toString('base64')}`, undefined]);
  });

  test('a cookie that a 401 sets goes along with the answer to it', async () => {
    const { origin } = await serve((req, res) => {
      if (req.headers.authorization === undefined) {
        res.writeHead(401, { 'www-authenticate': 'Basic realm="r"', 'set-cookie': 'node=7' }).end();
      } else {
        res.end(req.headers.cookie);
      }
    });
    const client = clientWith({ cookies: true, credentials: async () => ({ username: 'alice', password: 'pw' }) });
    expect(await (await client.request(origin)).body.text()).toBe('node=7');
  });

  test('what layers below the cookies have set goes along with the answer to a 401', async () => {
    const { origin } = await serve((req, res) => {
      if (req.headers.authorization === undefined) res.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
      else res.end(`${req.headers['accept-encoding']} ${req.headers.stamp}`);
    });
    const stamped: Layer = (dispatch) => (options, handler) =>
      dispatch({ ...options, headers: [...(options.headers as string[]), 'stamp', '1'] }, handler);
    const client = clientWith({
      cookies: true,
      decode: true,
      layers: [{ before: 'sign-in', layer: stamped }],
      credentials: async () => ({ username: 'alice', password: 'pw' }),
    });
    expect(await (await client.request(origin)).body.text()).toBe('gzip, deflate 1');
  });

  test('an answer from the cache has no connection, whatever has redirected to it', async () => {
    const { origin } = await serve((req, res) => {
      if (req.url === '/kept') res.writeHead(200, { 'cache-control': 'max-age=60' }).end('kept');
      else res.writeHead(302, { location: '/kept', 'cache-control': 'no-store' }).end();
    });
    const client = clientWith({ redirect: { mode: 'follow' }, cache: true });
    const ask = async () => {
      const { body, connection, route } = await client.request(origin);
      return [await body.text(), connection?.id === undefined, route];
    };
    expect(await ask()).toEqual(['kept', false, 'direct://']);
    expect(await ask()).toEqual(['kept', true, undefined]);
  });

  test('bad gzip is a named error, and the client goes on', async () => {
    const { origin } = await serve((req, res) => {
      if (req.url === '/bad') res.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
      else res.end('fine');
    });
    const client = clientWith({ decode: true });
    const failed = client.request(`${origin}/bad`).then(({ body }) => body.text());
    await expect(failed).rejects.toMatchObject({ code: 'ERR_CONTENT_DECODING_FAILED', url: `${origin}/bad` });
    expect(await (await client.request(origin)).body.text()).toBe('fine');
  });
});
