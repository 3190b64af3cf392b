import type { Dispatcher } from 'undici';
import { request, FormData as UndiciFormData, fetch as undiciFetch } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { layered } from '../../test/support/layered.js';
import { collect, ScriptedDispatch } from '../../test/support/scripted-dispatch.js';
import { serve } from '../../test/support/servers.js';
import { ReplayBody } from '../body/replay.js';
import { TRANSACTION } from '../pool/transaction.js';
import { decode } from './decode.js';
import { entry } from './entry.js';
import type { LegacyHandler } from './handler-guard.js';
import * as internal from './internal.js';
import { NORMALISED, URL_FRAGMENT, URL_IDENTITY } from './internal.js';
import { redirect } from './redirect.js';
import { addressOf } from './request-url.js';

/** What the layers below get of a request. */
async function normalised(options: Record<string | symbol, unknown>): Promise<Record<string | symbol, unknown>> {
  const script = new ScriptedDispatch(() => ({}));
  await collect(entry()(script.dispatch), options);
  return script.requests[0] as never;
}

describe('the normal form', () => {
  test.each([
    ['http://a.test', 'http://a.test', undefined],
    ['http://a.test/', 'http://a.test', undefined],
    ['HTTPS://A.test:443', 'https://a.test', undefined],
    ['http://a.test:8080', 'http://a.test:8080', undefined],
    ['http://[::1]:80', 'http://[::1]', undefined],
    ['http://bücher.test', 'http://xn--bcher-kva.test', undefined],
    ['ws://a.test', 'http://a.test', undefined],
    ['wss://a.test:444', 'https://a.test:444', undefined],
    [new URL('https://a.test'), 'https://a.test', undefined],
    ['http://alice@a.test', 'http://a.test', { username: 'alice', password: '' }],
    ['http://al%40ice:p%C3%A4ss@a.test', 'http://a.test', { username: 'al@ice', password: 'päss' }],
    ['http://:pass@a.test', 'http://a.test', { username: '', password: 'pass' }],
    ['http://alice:100%@a.test', 'http://a.test', { username: 'alice', password: '100%' }],
    [new URL('http://u:p@a.test'), 'http://a.test', { username: 'u', password: 'p' }],
  ])('of the origin %s', async (origin, expected, identity) => {
    const first = await normalised({ origin });
    expect([first.origin, first[URL_IDENTITY]]).toEqual([expected, identity]);
    const again = await normalised({ origin });
    expect([again.origin, again[URL_IDENTITY]]).toEqual([expected, identity]);
  });

  test.each([
    ['app://Host', '/x?y', 'app://Host/x?y'],
    ['app://host', '', 'app://host'],
    ['app://host', '?y', 'app://host?y'],
    ['app:', 'x', 'app:x'],
    ['file://', '/x', 'file:///x'],
  ])('of the origin %s of a scheme that a layer serves', async (origin, path, url) => {
    const script = new ScriptedDispatch(() => ({}));
    const acceptsScheme = vi.fn(() => true);
    await collect(entry({ acceptsScheme })(script.dispatch), { origin, path });
    expect(internal.headersOf(script.requests[0] as never)).toEqual([]);
    expect(addressOf(script.requests[0] as never)).toBe(url);
    expect(acceptsScheme).toHaveBeenCalledWith(origin.split(':')[0]);
  });

  test('of a scheme that a layer serves does not take a path for a part of the host', async () => {
    const script = new ScriptedDispatch(() => ({}));
    const sent = collect(entry({ acceptsScheme: () => true })(script.dispatch), { origin: 'app://host', path: 'x' });
    await expect(sent).rejects.toThrow(/path has to begin with "\/"/);
  });

  test.each([
    [{ path: '/a?b' }, '/a?b', undefined],
    [{ path: '/a?b#c' }, '/a?b', '#c'],
    [{ path: '/a#?b' }, '/a', '#?b'],
    [{ path: '//b.test/x' }, '//b.test/x', undefined],
    [{ path: '/a', query: { b: '1 2', c: ['x', 'y'] } }, '/a?b=1%202&c=x&c=y', undefined],
    [{ path: '/a', query: {} }, '/a', undefined],
    [{ path: '/a', query: null }, '/a', undefined],
    [{ path: '/\xe9' }, '/\xe9', undefined],
    [{ path: 'a.test:443', method: 'CONNECT' }, 'a.test:443', undefined],
  ])('of the target %j', async (options, path, fragment) => {
    const normal = await normalised(options);
    expect([normal.path, normal[URL_FRAGMENT], normal.query]).toEqual([path, fragment, undefined]);
  });

  test('has the headers as a flat list, a body that can be replayed, and all else as it was', async () => {
    const normal = await normalised({
      method: 'POST',
      headers: { A: ['1', '2'] },
      body: 'x',
      bodyTimeout: 5,
      mine: 6,
    });
    expect(normal).toMatchObject({
      method: 'POST',
      headers: ['A', '1', 'A', '2'],
      bodyTimeout: 5,
      mine: 6,
      [NORMALISED]: true,
    });
    expect(normal.body).toBeInstanceOf(ReplayBody);
  });

  test('has no body where there is none', async () => {
    expect((await normalised({ body: null })).body).toBeUndefined();
    expect((await normalised({})).body).toBeUndefined();
  });

  test('has a place for every field of netloom from the start, so that layers need add none', async () => {
    const normal = await normalised({});
    const symbols = Object.values({ ...internal, TRANSACTION }).filter((value) => typeof value === 'symbol');
    expect(symbols.length).toBeGreaterThan(8);
    expect(new Set(Object.getOwnPropertySymbols(normal))).toEqual(new Set(symbols));
    expect(Reflect.ownKeys(await normalised({ method: 'POST', body: 'x', path: '/#f' }))).toEqual(
      Reflect.ownKeys(normal),
    );
  });

  test('leaves the options of the caller as they are', async () => {
    const options = Object.freeze({ path: '/a#b', query: undefined, headers: Object.freeze({ a: '1' }), body: 'x' });
    await normalised(options);
    expect(options).toEqual({ path: '/a#b', query: undefined, headers: { a: '1' }, body: 'x' });
  });
});

describe('wrong arguments', () => {
  test.each([
    [{ method: undefined }, /method has to be a token such as GET; got undefined/],
    [{ method: 'GE T' }, /method has to be a token.*"GE T"/],
    [{ method: 'GET / HTTP/1.1\r\nX: y' }, /method has to be a token/],
    [{ origin: undefined }, /origin has to be a URL or a string.*got undefined/],
    [{ origin: 5 }, /origin has to be a URL or a string.*got number/],
    [{ origin: 'a.test' }, /origin has to be an absolute URL/],
    [{ origin: 'http://u:secret@a.test:x' }, /origin has to be an absolute URL/],
    [{ origin: 'http://a.test/path' }, /origin cannot have a path/],
    [{ origin: new URL('http://a.test/?q') }, /origin cannot have a path/],
    [{ path: undefined }, /path has to be a string; got undefined/],
    [{ path: 'x' }, /path has to begin with "\/"/],
    [{ path: 'http://b.test/' }, /path has to begin with "\/"/],
    [{ path: '' }, /path has to begin with "\/"/],
    [{ path: '/a b' }, /path cannot hold spaces/],
    [{ path: '/a\r\nX: y' }, /path cannot hold spaces/],
    [{ path: '/€' }, /path cannot hold spaces/],
    [{ path: '/a?b', query: { c: 1 } }, /query cannot be given beside a path/],
    [{ query: 'a=b' }, /query has to be an object; got string/],
    [{ headers: { 'a b': 'secret' } }, /header name has to be a token/],
    [{ headers: { a: 'secret\n' } }, /value of header "a"/],
    [{ body: 5 }, /body has to be/],
  ])('%j', async (options, expected) => {
    const script = new ScriptedDispatch(() => ({}));
    const failed = collect(entry()(script.dispatch), options as never);
    await expect(failed).rejects.toThrow(expected);
    await expect(failed).rejects.toThrow(TypeError);
    await expect(failed).rejects.not.toThrow(/secret/);
    expect(script.requests).toEqual([]);
  });

  test.each(['ftp://a.test', 'file:///x', 'data:,x', 'about:blank', 'app://u:secret@x'])(
    'the origin %s',
    async (origin) => {
      const failed = collect(entry()(new ScriptedDispatch(() => ({})).dispatch), { origin });
      await expect(failed).rejects.toMatchObject({ code: 'ERR_UNKNOWN_URL_SCHEME' });
      await expect(failed).rejects.not.toThrow(/secret/);
    },
  );

  test.each([undefined, null, 'text'])('dispatch options that are %s', async (options) => {
    const onResponseError = vi.fn();
    expect(entry()(() => true)(options as never, { onRequestStart: nothing, onResponseError })).toBe(false);
    expect(onResponseError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ aborted: true }),
      expect.objectContaining({ message: expect.stringContaining('dispatch options have to be an object') }),
    );
  });

  const legacy = { onConnect: 1, onHeaders: 1, onData: 1, onComplete: 1, onError: 1, onUpgrade: 1 };
  const functions = Object.fromEntries(Object.keys(legacy).map((name) => [name, () => undefined]));
  test.each([
    ['no handler', undefined, {}, 'handler has to be an object'],
    ['null', null, {}, 'handler has to be an object'],
    ['nothing', {}, {}, 'handler.onConnect has to be a function'],
    ...Object.keys(legacy)
      .filter((name) => name !== 'onUpgrade')
      .map(
        (name) =>
          [`no ${name}`, { ...functions, [name]: undefined }, {}, `handler.${name} has to be a function`] as const,
      ),
    [
      'no onUpgrade',
      { ...functions, onUpgrade: 1 },
      { upgrade: 'websocket' },
      'handler.onUpgrade has to be a function',
    ],
    ['no onUpgrade for CONNECT', { ...functions, onUpgrade: 1 }, { method: 'CONNECT' }, 'handler.onUpgrade'],
  ] as [string, unknown, object, string][])('a handler that is or has %s', (_what, handler, options, expected) => {
    const dispatch = entry()(new ScriptedDispatch(() => ({})).dispatch);
    expect(() =>
      dispatch({ origin: 'http://a.test', path: '/', method: 'GET', ...options } as never, handler as never),
    ).toThrow(expected);
  });

  test.each([-1, 1.5, Number.NaN, '5'])('replayBufferBytes: %s', (replayBufferBytes) => {
    expect(() => entry({ replayBufferBytes } as never)).toThrow(/replayBufferBytes has to be a whole number from 0/);
  });
});

function nothing(): undefined {
  return undefined;
}

/** A handler of the older style that notes what it is told. */
function legacyHandler(overrides: Partial<LegacyHandler> = {}) {
  const events: unknown[] = [];
  let finish: () => void = nothing;
  const end = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const handler: LegacyHandler = {
    onConnect: (_abort, context) => void events.push(['connect', context]),
    onResponseStarted: () => void events.push('started'),
    onHeaders: (...args) => {
      events.push(['headers', args[0], args[1], args[3]]);
      return true;
    },
    onData: (chunk) => {
      events.push(['data', chunk.toString()]);
      return true;
    },
    onComplete: (trailers) => {
      events.push(['complete', trailers]);
      finish();
    },
    onError: (error) => {
      events.push(['error', error.message]);
      finish();
    },
    ...overrides,
  };
  return { handler: handler as never, events, end };
}

const get = { origin: 'http://a.test', path: '/', method: 'GET' } as const;

describe('a legacy handler', () => {
  test('hears everything in its own form', async () => {
    const { handler, events, end } = legacyHandler();
    const script = new ScriptedDispatch(() => ({ headers: { a: '1', b: ['2', '3'] }, body: ['x', 'y'] }));
    entry()(script.dispatch)(get, handler);
    await end;
    expect(events).toEqual([
      ['connect', undefined],
      'started',
      ['headers', 200, ['a', '1', 'b', '2', 'b', '3'], 'Scripted'],
      ['data', 'x'],
      ['data', 'y'],
      ['complete', []],
    ]);
  });

  test('pauses by returning false and goes on by resume', async () => {
    let resume: () => void = () => undefined;
    const { handler, events, end } = legacyHandler({
      onHeaders: (_status, _headers, given) => {
        resume = given;
        setImmediate(() => {
          events.push('resumed');
          resume();
        });
        return false;
      },
      onData: (chunk) => {
        events.push(`data ${chunk}`);
        if (chunk.toString() === 'y') setImmediate(() => resume());
        return chunk.toString() !== 'y';
      },
    });
    const script = new ScriptedDispatch(() => ({ body: ['x', 'y', 'z'] }));
    entry()(script.dispatch)(get, handler);
    await end;
    expect(events.slice(2)).toEqual(['resumed', 'data x', 'data y', 'data z', ['complete', []]]);
    expect(script.controllers[0]?.pauses).toBe(2);
  });

  test('aborts the attempt that is under way', async () => {
    let abort: (reason?: Error) => void = () => undefined;
    const { handler, events, end } = legacyHandler({
      onConnect: (given) => {
        abort = given;
      },
    });
    const script = new ScriptedDispatch((_options, index) =>
      index === 0 ? { status: 302, headers: { location: '/x' } } : { unfinished: true },
    );
    const dispatch = entry()(redirect()(script.dispatch));
    dispatch(get, handler);
    await vi.waitUntil(() => script.requests.length === 2);
    abort(new Error('enough'));
    await end;
    expect(events.at(-1)).toEqual(['error', 'enough']);
    expect(script.controllers[1]?.aborted).toBe(true);
  });

  test('gets an upgrade', () => {
    const events: unknown[] = [];
    const socket = { destroy: vi.fn() };
    const { handler } = legacyHandler({ onUpgrade: (...args) => void events.push(args) });
    const dispatch: Dispatcher.Dispatch = (_options, below) => {
      below.onRequestUpgrade?.({} as never, 101, { a: '1' }, socket as never);
      return true;
    };
    entry()(dispatch)({ ...get, upgrade: 'websocket' }, handler);
    expect(events).toEqual([[101, ['a', '1'], socket]]);
  });

  test('gets names in the case of the wire when it asks for raw headers', async () => {
    const raw = ['Set-Cookie', 'a', 'Content-Encoding', 'gzip', 'SET-COOKIE', 'b', 'X-A', '1'].map((text) =>
      Buffer.from(text),
    );
    const dispatch: Dispatcher.Dispatch = (_options, below) => {
      const controller = { rawHeaders: raw } as never;
      below.onResponseStart?.(controller, 200, { 'set-cookie': ['a', 'b'], 'x-a': '1', added: '2' }, 'OK');
      return true;
    };
    const { handler, events } = legacyHandler();
    entry()(dispatch)({ ...get, responseHeaders: 'raw' } as never, handler);
    expect(events.at(-1)).toEqual([
      'headers',
      200,
      ['Set-Cookie', 'a', 'Set-Cookie', 'b', 'X-A', '1', 'added', '2'],
      'OK',
    ]);
  });
});

describe('what a callback throws', () => {
  const boom = () => {
    throw new Error('boom');
  };
  const answer = () => ({ headers: { a: '1' }, body: ['x'] });

  test.each(['onConnect', 'onHeaders', 'onData', 'onComplete'])(
    'in %s ends the request with that error',
    async (name) => {
      const { handler, events, end } = legacyHandler({ [name]: boom });
      const script = new ScriptedDispatch(answer);
      entry()(script.dispatch)(get, handler);
      await end;
      expect(events.filter((event) => Array.isArray(event) && event[0] === 'error')).toEqual([['error', 'boom']]);
      expect(script.controllers[0]?.aborted).toBe(name !== 'onComplete');
    },
  );

  test.each(['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd'])('in %s too', async (name) => {
    const script = new ScriptedDispatch(answer);
    const error = await new Promise((resolve) => {
      entry()(script.dispatch)(get, {
        onRequestStart: nothing,
        onResponseError: (_c, given) => resolve(given),
        [name]: boom,
      });
    });
    expect(error).toMatchObject({ message: 'boom' });
  });

  test.each([
    ['in onUpgrade', { onUpgrade: boom }],
    ['in onRequestUpgrade', { onRequestStart: nothing, onRequestUpgrade: boom }],
  ])('%s closes the socket as well', (_where, overrides) => {
    const destroy = vi.fn();
    const onError = vi.fn();
    const dispatch: Dispatcher.Dispatch = (_options, below) => {
      below.onRequestUpgrade?.({} as never, 101, {}, { destroy } as never);
      return true;
    };
    const handler = {
      onConnect: () => undefined,
      onError,
      onResponseError: (_c: unknown, error: Error) => onError(error),
    };
    entry()(dispatch)({ ...get, upgrade: 'x' }, { ...handler, ...overrides } as never);
    expect(destroy).toHaveBeenCalledOnce();
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'boom' }));
  });

  test.each([
    ['onError', { onError: boom }],
    ['onResponseError', { onRequestStart: nothing, onResponseError: boom }],
    ['no onResponseError', { onRequestStart: nothing }],
  ])('in %s is an uncaught exception, and no layer sees it', async (name, overrides) => {
    const thrown: unknown[] = [];
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
    onTestFinished(() => void vi.restoreAllMocks());
    const script = new ScriptedDispatch(() => ({ unfinished: true }));
    const { handler } = legacyHandler();
    entry()(script.dispatch)(get, { ...(name === 'onError' ? (handler as object) : {}), ...overrides } as never);
    script.controllers[0]?.abort(new Error('reset'));
    expect(thrown).toEqual([expect.objectContaining({ message: name === 'no onResponseError' ? 'reset' : 'boom' })]);
  });

  test('in a layer below is the error of the request', async () => {
    await expect(collect(entry()(boom))).rejects.toThrow('boom');
  });
});

test('after the end nothing more is told', () => {
  const events: string[] = [];
  const noted = (name: string) => () => void events.push(name);
  const destroy = vi.fn();
  const dispatch: Dispatcher.Dispatch = (_options, below) => {
    const controller = {} as never;
    below.onResponseEnd?.(controller, {});
    below.onRequestStart?.(controller, undefined);
    below.onResponseStart?.(controller, 200, {});
    below.onResponseData?.(controller, Buffer.from('x'));
    below.onResponseEnd?.(controller, {});
    below.onResponseError?.(controller, new Error('late'));
    below.onRequestUpgrade?.(controller, 101, {}, { destroy } as never);
    return true;
  };
  const names = [
    'onRequestStart',
    'onResponseStart',
    'onResponseData',
    'onResponseEnd',
    'onResponseError',
    'onRequestUpgrade',
  ];
  entry()(dispatch)(get, Object.fromEntries(names.map((name) => [name, noted(name)])));
  expect(events).toEqual(['onResponseEnd']);
  expect(destroy).toHaveBeenCalledOnce();
});

describe.each([
  ['the built-in fetch', fetch as unknown as typeof undiciFetch, FormData as unknown as typeof UndiciFormData],
  ["undici's fetch", undiciFetch, UndiciFormData],
])('%s', (_name, send, Form) => {
  const dispatcher = () => layered([entry(), decode()]);

  test.each([
    ['a string', () => 'body text', 'body text'],
    ['bytes', () => new Uint8Array([0x62, 0x6f]), 'bo'],
    ['a Blob', () => new Blob(['blob text']), 'blob text'],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    [
      'FormData',
      () => {
        const form = new Form();
        form.set('field', 'form text');
        return form;
      },
      'form text',
    ],
    ['a stream', () => new Blob(['stream text']).stream(), 'stream text'],
  ])('sends %s and reads the answer', async (_what, body, expected) => {
    const { origin } = await serve(async (req, res) => {
      let text = '';
      for await (const chunk of req) text += chunk;
      res.writeHead(201, 'Made', { 'X-Method': `${req.method}`, 'Set-Cookie': ['a=1', 'b=2'] }).end(text);
    });
    const response = await send(`${origin}/path?q#f`, {
      method: 'POST',
      body: body() as never,
      duplex: 'half',
      dispatcher: dispatcher(),
    });
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect(response.headers.get('x-method')).toBe('POST');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toContain(expected);
  });

  test('reads a large body with backpressure', async () => {
    const { origin } = await serve((_req, res) => void res.end(Buffer.alloc(5_000_000, 'x')));
    const response = await send(origin, { dispatcher: dispatcher() });
    expect((await response.arrayBuffer()).byteLength).toBe(5_000_000);
  });

  test('rejects with "fetch failed", and the cause is ours', async () => {
    const script = new ScriptedDispatch(() => ({ status: 302, headers: { location: 'file:///etc/passwd' } }));
    const follow: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
      dispatch({ ...options, redirect: 'follow' } as never, handler);
    const dispatcher = layered([entry(), follow, redirect()], script.dispatch);
    const error = await send('http://a.test/', { dispatcher }).catch((reason) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('fetch failed');
    expect(error.cause).toMatchObject({ name: 'NetError', code: 'ERR_UNSAFE_REDIRECT', errno: -311 });
  });

  test('is aborted by its signal, also while the body comes', async () => {
    const { origin } = await serve((_req, res) => void res.write('first'));
    const abort = new AbortController();
    const response = await send(origin, { dispatcher: dispatcher(), signal: abort.signal });
    const text = response.text();
    abort.abort(new Error('enough'));
    await expect(text).rejects.toThrow();
  });
});

test('undici.request works with its own options', async () => {
  const { origin } = await serve((req, res) => {
    res.writeHead(200, { 'X-Case': '1', trailer: 'x-t' });
    res.write(`${req.method} ${req.url}`);
    res.addTrailers({ 'x-t': 'trailer' });
    res.end();
  });
  const dispatcher = layered([entry()]);
  const plain = await request(`${origin}/p`, { dispatcher, query: { a: 1 } });
  expect(await plain.body.text()).toBe('GET /p?a=1');
  expect(plain.headers['x-case']).toBe('1');
  expect(plain.trailers).toEqual({ 'x-t': 'trailer' });
  const raw = await request(origin, { dispatcher, responseHeaders: 'raw' });
  expect(raw.headers).toContain('X-Case');
  await raw.body.dump();
});
