import { brotliCompressSync, gzipSync } from 'node:zlib';
import { cacheStores, type Dispatcher, request } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { layered } from '../../test/support/layered.js';
import { collect, type ScriptedAnswer, ScriptedDispatch } from '../../test/support/scripted-dispatch.js';
import { serve } from '../../test/support/servers.js';
import { getHeader } from '../http/headers.js';
import { type CacheOptions, cache } from './cache.js';
import { cookies } from './cookies.js';
import { decode } from './decode.js';
import { entry } from './entry.js';
import { PRIVACY, URL_IDENTITY } from './internal.js';
import { redirect } from './redirect.js';

const fresh = { 'cache-control': 'max-age=60' };

function scripted(answer: ScriptedAnswer | ((request: Dispatcher.DispatchOptions, index: number) => ScriptedAnswer)) {
  return new ScriptedDispatch(typeof answer === 'function' ? answer : () => answer);
}

/** The layer over a script, and a function that sends through it. */
function cached(script: ScriptedDispatch, options?: CacheOptions) {
  const dispatch = cache(options)(script.dispatch);
  return (request: Record<string | symbol, unknown> = {}) => collect(dispatch, request);
}

describe('a fresh response', () => {
  test('is given again, with its age', async () => {
    const script = scripted({ headers: { ...fresh, etag: '"1"' }, body: ['a', 'b'] });
    const send = cached(script);
    const first = await send();
    const second = await send();
    expect([first.body.toString(), second.body.toString()]).toEqual(['ab', 'ab']);
    expect(second.status).toBe(200);
    expect(second.headers).toEqual({ ...fresh, etag: '"1"', age: '0' });
    expect(script.requests).toHaveLength(1);
  });

  test.each([
    ['another path', { path: '/x' }],
    ['another origin', { origin: 'http://b.test' }],
    ['another method', { method: 'HEAD' }],
    ['a range', { headers: { range: 'bytes=0-1' } }],
    ["credentials: 'omit'", { [PRIVACY]: true }],
    ['credentials in its URL', { [URL_IDENTITY]: { username: 'u', password: 'p' } }],
    ['no-store', { headers: { 'cache-control': 'no-store' } }],
    ['an upgrade', { upgrade: 'websocket' }],
    ['CONNECT', { method: 'CONNECT', path: 'a.test:443' }],
  ])('is not given to a request with %s', async (_what, options) => {
    const script = scripted({ headers: fresh, body: ['a'] });
    const send = cached(script);
    await send();
    await send(options);
    expect(script.requests).toHaveLength(2);
  });

  test.each([
    ['no-store', { 'cache-control': 'no-store' }],
    ['Vary: *', { ...fresh, vary: '*' }],
    ['nothing said', {}],
  ])('is one only if it may be kept: %s', async (_what, headers) => {
    const script = scripted({ headers, body: ['a'] });
    const send = cached(script);
    await send();
    await send();
    expect(script.requests).toHaveLength(2);
  });

  test('may be a private one', async () => {
    const script = scripted({ headers: { 'cache-control': 'private, max-age=60' }, body: ['a'] });
    const send = cached(script);
    await send();
    await send();
    expect(script.requests).toHaveLength(1);
  });

  test('is not kept when the caller signed the request, unless the server allows it', async () => {
    const script = scripted({ headers: fresh, body: ['a'] });
    const send = cached(script);
    for (const authorization of ['alice', 'bob']) await send({ headers: { authorization } });
    expect(script.requests).toHaveLength(2);
  });

  test('is dropped by a POST to its URL', async () => {
    const script = scripted({ headers: fresh, body: ['a'] });
    const send = cached(script);
    await send();
    await send({ method: 'POST', body: 'x' });
    await send();
    expect(script.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
  });

  test('has no Set-Cookie when it comes from the cache', async () => {
    const script = scripted({ headers: { ...fresh, 'set-cookie': 'a=1' }, body: ['a'] });
    const send = cached(script);
    expect((await send()).headers['set-cookie']).toBe('a=1');
    expect((await send()).headers['set-cookie']).toBeUndefined();
  });
});

describe('Vary', () => {
  test('keeps one response for each coding that is accepted', async () => {
    const script = scripted(({ headers }) => ({
      headers: { ...fresh, vary: 'Accept-Encoding' },
      body: [getHeader(headers as string[], 'accept-encoding') ?? 'none'],
    }));
    const send = cached(script);
    for (const coding of ['gzip', 'br', 'gzip', 'br']) {
      expect((await send({ headers: { 'Accept-Encoding': coding } })).body.toString()).toBe(coding);
    }
    expect(script.requests).toHaveLength(2);
  });
});

describe('validation', () => {
  const stale = { 'cache-control': 'no-cache', etag: '"1"' };

  test('asks with the validator, and the headers of the caller as they came', async () => {
    const script = scripted((_request, index) => (index === 0 ? { headers: stale, body: ['kept'] } : { status: 304 }));
    const send = cached(script);
    const headers = ['X-Mixed', '1', 'Accept', 'a', 'accept', 'b'];
    await send({ headers });
    const second = await send({ headers });
    expect([second.status, second.body.toString()]).toEqual([200, 'kept']);
    const asked = script.requests[1]?.headers as string[];
    expect(asked.slice(0, 6)).toEqual(headers);
    expect(getHeader(asked, 'if-none-match')).toBe('"1"');
  });

  test('may bring something new', async () => {
    const script = scripted((_request, index) => ({ headers: { ...stale, etag: `"${index}"` }, body: [`${index}`] }));
    const send = cached(script);
    await send();
    expect((await send()).body.toString()).toBe('1');
  });

  test('of the caller is passed on as a 304', async () => {
    const script = scripted({ status: 304, headers: { etag: '"1"' } });
    const { status } = await cached(script)({ headers: { 'If-None-Match': '"1"' } });
    expect(status).toBe(304);
    expect(script.requests[0]?.headers).toEqual(['If-None-Match', '"1"']);
  });

  test('and its cookies are heard', async () => {
    const script = scripted((_request, index) => {
      if (index === 0) return { headers: stale, body: ['kept'] };
      return index === 1 ? { status: 304, headers: { 'set-cookie': 'session=new' } } : {};
    });
    const dispatch = cookies()(cache()(script.dispatch));
    await collect(dispatch);
    await collect(dispatch);
    await collect(dispatch, { path: '/other' });
    expect(getHeader(script.requests[2]?.headers as string[], 'cookie')).toBe('session=new');
  });

  test('that fails is the error of the request', async () => {
    const script = scripted((_request, index) => (index === 0 ? { headers: stale } : { error: new Error('reset') }));
    const send = cached(script);
    await send();
    await expect(send()).rejects.toThrow('reset');
  });

  test('in the background does no harm when it fails', async () => {
    const headers = { 'cache-control': 'max-age=1, stale-while-revalidate=60', etag: '"1"' };
    const script = scripted({ headers, body: ['kept'] });
    let attempts = 0;
    const dispatch = cache()((options, handler) => {
      attempts += 1;
      if (attempts > 1) throw new Error('not to be sent');
      return script.dispatch(options, handler);
    });
    await collect(dispatch);
    vi.useFakeTimers({ now: Date.now() + 5000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    expect((await collect(dispatch)).body.toString()).toBe('kept');
    expect(attempts).toBe(2);
  });
});

describe('only-if-cached', () => {
  const headers = { 'Cache-Control': 'only-if-cached' };

  test('is answered 504 when there is nothing', async () => {
    const script = scripted({});
    const { status, headers: given, body } = await cached(script)({ headers });
    expect([status, given, body.length]).toEqual([504, {}, 0]);
    expect(script.requests).toEqual([]);
  });

  test('is answered with what there is', async () => {
    const script = scripted({ headers: fresh, body: ['kept'] });
    const send = cached(script);
    await send();
    expect((await send({ headers })).body.toString()).toBe('kept');
    expect(script.requests).toHaveLength(1);
  });

  test('can be aborted', async () => {
    const failed = collect(cache()(scripted({}).dispatch), { headers }, (controller) =>
      controller.abort(new Error('enough')),
    );
    await expect(failed).rejects.toThrow('enough');
  });

  test('works through fetch', async () => {
    const init = { dispatcher: layered([entry(), decode(), cache()], scripted({}).dispatch), headers } as object;
    expect((await fetch('http://a.test/', init)).status).toBe(504);
  });
});

describe('a mode of the Fetch standard', () => {
  const stale = { 'cache-control': 'max-age=1', etag: '"1"' };

  /** Sends once, lets an hour pass where that is asked for, and sends again in a mode. */
  async function again(cache: string, headers: Record<string, string>, hours = 0) {
    const script = scripted((request, index) =>
      getHeader(request.headers as string[], 'if-none-match') ? { status: 304 } : { headers, body: [`${index}`] },
    );
    const send = cached(script);
    await send();
    vi.useFakeTimers({ now: Date.now() + hours * 3_600_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { body } = await send({ cache });
    const fields = script.requests[1]?.headers as string[] | undefined;
    return { send, script, body: body.toString(), sent: (name: string) => fields && getHeader(fields, name) };
  }

  test.each([
    ['default', fresh, 0, '0', 1],
    ['default', { ...fresh, etag: '"1"' }, 0.02, '0', 2],
    ['no-cache', { ...fresh, etag: '"1"' }, 0, '0', 2],
    ['force-cache', stale, 100, '0', 1],
    ['force-cache', { ...stale, 'cache-control': 'no-cache' }, 0, '0', 1],
    ['only-if-cached', stale, 100, '0', 1],
    ['reload', fresh, 0, '1', 2],
    ['no-store', fresh, 0, '1', 2],
  ])('%s, %j, after %d h: the response is %s, of %d requests', async (mode, headers, hours, body, requests) => {
    const result = await again(mode, headers, hours);
    expect([result.body, result.script.requests.length]).toEqual([body, requests]);
  });

  test('tells the caches on the way', async () => {
    const headers = { ...fresh, etag: '"1"' };
    expect((await again('no-cache', headers)).sent('cache-control')).toBe('max-age=0');
    for (const mode of ['reload', 'no-store']) {
      const { sent } = await again(mode, headers);
      expect([sent('cache-control'), sent('pragma'), sent('if-none-match')]).toEqual([
        'no-cache',
        'no-cache',
        undefined,
      ]);
    }
  });

  test('reload feeds the cache, no-store does not', async () => {
    for (const [mode, body] of [
      ['reload', '1'],
      ['no-store', '0'],
    ] as const) {
      const { send } = await again(mode, fresh);
      expect((await send()).body.toString()).toBe(body);
    }
  });

  test('only-if-cached fails when there is nothing', async () => {
    const script = scripted({});
    await expect(cached(script)({ cache: 'only-if-cached' })).rejects.toThrow('net::ERR_CACHE_MISS');
    expect(script.requests).toEqual([]);
  });

  test('that is none is refused', async () => {
    expect(() => cache()(scripted({}).dispatch)({ cache: 'never' } as never, {})).toThrow(
      'cache has to be one of default, no-store, reload, no-cache, force-cache, only-if-cached; got "never"',
    );
  });

  test('works over a store that answers later, and has no more than the methods it has to have', async () => {
    const kept = new cacheStores.MemoryCacheStore();
    const store = {
      get: async (key: Parameters<typeof kept.get>[0]) => kept.get(key),
      createWriteStream: kept.createWriteStream.bind(kept),
      delete: kept.delete.bind(kept),
    };
    const script = scripted({ headers: fresh, body: ['a'] });
    const send = cached(script, { store });
    for (const mode of ['default', 'force-cache', 'only-if-cached']) {
      expect((await send({ cache: mode })).body.toString()).toBe('a');
    }
    expect(script.requests).toHaveLength(1);
  });
});

describe('limits', () => {
  test('by the number of entries', async () => {
    const script = scripted({ headers: fresh, body: ['a'] });
    const send = cached(script, { maxEntries: 1 });
    for (const path of ['/1', '/2', '/1']) await send({ path });
    expect(script.requests).toHaveLength(3);
  });

  test('by the size of an entry', async () => {
    const script = scripted({ headers: fresh, body: ['12345678'] });
    const send = cached(script, { maxEntryBytes: 4 });
    await send();
    expect((await send()).body.toString()).toBe('12345678');
    expect(script.requests).toHaveLength(2);
  });

  test.each([
    [{ maxBytes: -1 }, /maxBytes has to be a whole number from 0; got -1/],
    [{ maxEntries: 1.5 }, /maxEntries has to be a whole number/],
    [{ maxEntryBytes: '5' }, /maxEntryBytes has to be a whole number/],
    [{ maxBytes: 5, store: {} }, /maxBytes cannot be given beside a store/],
  ])('that are none are refused: %j', (options, expected) => {
    expect(() => cache(options as never)).toThrow(expected);
  });
});

test('a store of the caller is used', async () => {
  const store = new cacheStores.MemoryCacheStore();
  const get = vi.spyOn(store, 'get');
  const script = scripted({ headers: fresh, body: ['a'] });
  const send = cached(script, { store });
  await send();
  await send();
  expect(get).toHaveBeenCalledTimes(2);
  expect(script.requests).toHaveLength(1);
});

test('a store that is none fails the requests, with the reason', async () => {
  await expect(cached(scripted({}), { store: {} as never })()).rejects.toThrow(/store/);
});

test('layers made by one call share what is kept', async () => {
  const script = scripted({ headers: fresh, body: ['a'] });
  const layer = cache();
  await collect(layer(script.dispatch));
  await collect(layer(script.dispatch));
  expect(script.requests).toHaveLength(1);
});

describe('over real sockets, between the other layers', () => {
  test('coded bodies are kept as they came and decoded for each reader', async () => {
    let requests = 0;
    const { origin } = await serve((req, res) => {
      requests += 1;
      const accepted = String(req.headers['accept-encoding']);
      const isBrotli = accepted === 'br';
      res.writeHead(200, { ...fresh, vary: 'accept-encoding', 'content-encoding': isBrotli ? 'br' : 'gzip' });
      res.end(isBrotli ? brotliCompressSync('text') : gzipSync('text'));
    });
    const dispatcher = layered([entry(), redirect(), cookies(), decode(), cache()]);
    for (let i = 0; i < 3; i += 1) {
      const { body, headers } = await request(origin, { dispatcher });
      expect(await body.text()).toBe('text');
      expect(headers['content-encoding']).toBeUndefined();
    }
    expect(requests).toBe(1);
    const init = { dispatcher } as object;
    for (let i = 0; i < 2; i += 1) expect(await (await fetch(origin, init)).text()).toBe('text');
    expect(requests).toBe(1);
    for (let i = 0; i < 2; i += 1) {
      const { body } = await request(origin, { dispatcher, headers: { 'accept-encoding': 'br' } });
      expect(Buffer.from(await body.arrayBuffer())).toEqual(brotliCompressSync('text'));
    }
    expect(requests).toBe(2);
  });

  test('a large body from the cache obeys backpressure', async () => {
    const { origin } = await serve((_req, res) => void res.writeHead(200, fresh).end(Buffer.alloc(3_000_000, 'x')));
    const dispatcher = layered([entry(), cache()]);
    for (let i = 0; i < 2; i += 1) {
      const { body } = await request(origin, { dispatcher });
      let size = 0;
      for await (const chunk of body) size += chunk.length;
      expect(size).toBe(3_000_000);
    }
  });

  test('a redirect may come from the cache', async () => {
    const seen: string[] = [];
    const { origin } = await serve((req, res) => {
      seen.push(String(req.url));
      if (req.url === '/a') res.writeHead(301, { ...fresh, location: '/b' }).end();
      else res.end('b');
    });
    const dispatcher = layered([entry(), redirect(), cache()]);
    for (let i = 0; i < 2; i += 1) expect(await (await request(`${origin}/a`, { dispatcher })).body.text()).toBe('b');
    expect(seen).toEqual(['/a', '/b', '/b']);
  });

  test('an abort while undici is being loaded ends the request', async () => {
    const script = scripted({});
    const failed = collect(cache()(script.dispatch), {}, (controller) => controller.abort(new Error('enough')));
    await expect(failed).rejects.toThrow('enough');
    expect(script.requests).toEqual([]);
  });
});
