import { Readable } from 'node:stream';
import { NetError } from '@netloom/contracts';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { collect, type ScriptedAnswer, ScriptedDispatch } from '../../test/support/scripted-dispatch.js';
import { serve } from '../../test/support/servers.js';
import { ReplayBody } from '../body/replay.js';
import { channels, type RedirectEvent } from '../diagnostics.js';
import { NORMALISED, URL_FRAGMENT, URL_IDENTITY } from './internal.js';
import { type RedirectHop, type RedirectOptions, redirect } from './redirect.js';

/** Redirects each path to the next one of the list. */
function chain(...locations: string[]): ScriptedDispatch {
  return new ScriptedDispatch((_request, index) => to(locations[index]));
}

function to(location: string | undefined, status = 302): ScriptedAnswer {
  return location === undefined ? { body: ['end'] } : { status, headers: { location }, body: ['moved'] };
}

const urlsOf = ({ requests }: ScriptedDispatch) => requests.map(({ origin, path }) => `${origin}${path}`);

describe('methods and bodies', () => {
  test.each([
    // status, method, method afterwards, body sent again
    [301, 'GET', 'GET', true],
    [301, 'HEAD', 'HEAD', true],
    [301, 'POST', 'GET', false],
    [301, 'PUT', 'PUT', true],
    [301, 'DELETE', 'DELETE', true],
    [302, 'POST', 'GET', false],
    [302, 'PATCH', 'PATCH', true],
    [303, 'GET', 'GET', false],
    [303, 'HEAD', 'HEAD', false],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'DELETE', 'GET', false],
    [307, 'POST', 'POST', true],
    [307, 'PUT', 'PUT', true],
    [308, 'POST', 'POST', true],
    [308, 'GET', 'GET', true],
  ])('%i of %s → %s, body again: %s', async (status, method, expected, again) => {
    const script = new ScriptedDispatch((_request, index) => to(index === 0 ? '/x' : undefined, status));
    const headers = ['Content-Type', 'text/plain', 'X-A', '1', 'content-length', '4', 'Origin', 'http://a.test'];
    await collect(redirect()(script.dispatch), { method, headers, body: 'body' });
    const [, next] = script.requests;
    expect(next).toMatchObject({ method: expected, path: '/x', origin: 'http://a.test' });
    expect(next?.body).toBe(again ? 'body' : undefined);
    expect(next?.headers).toEqual(again ? headers : ['X-A', '1']);
  });

  test('a body that can be replayed is replayed, the same object', async () => {
    const script = new ScriptedDispatch((_request, index) => to(index === 0 ? '/x' : undefined, 307));
    const body = new ReplayBody(() => 'made anew');
    await collect(redirect()(script.dispatch), { method: 'POST', body: body as never });
    expect(script.requests[1]?.body).toBe(body);
  });

  test('a one-shot body that has been read fails the request, and the error says why', async () => {
    const script = new ScriptedDispatch(() => to('/x', 308));
    const stream = (async function* () {
      yield Buffer.alloc(10);
    })();
    const body = new ReplayBody(stream, 5);
    const reader = (body.open() as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await reader.next();
    const failed = collect(redirect()(script.dispatch), { method: 'POST', body: body as never });
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED',
      message: expect.stringContaining('as bytes or as a function'),
    });
    expect(script.requests).toHaveLength(1);
  });

  test('a plain iterable without the entry layer cannot be sent again', async () => {
    const script = new ScriptedDispatch(() => to('/x', 307));
    const failed = collect(redirect()(script.dispatch), { method: 'POST', body: Readable.from(['x']) });
    await expect(failed).rejects.toMatchObject({ code: 'ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED' });
  });

  test('a body that is not sent again is given up', async () => {
    const script = new ScriptedDispatch((_request, index) => to(index === 0 ? '/x' : undefined, 303));
    let returned = false;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'x' }),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    await collect(redirect()(script.dispatch), { method: 'POST', body: new ReplayBody(source as never) as never });
    expect(returned).toBe(true);
  });
});

describe('what belongs to one origin stays there', () => {
  const headers = ['Authorization', 'a', 'proxy-authorization', 'b', 'Cookie', 'c', 'Host', 'd', 'X-Other', 'e'];

  test.each([
    ['another host', 'http://b.test/', false],
    ['another port', 'http://a.test:81/', false],
    ['another scheme', 'https://a.test/', false],
    ['a subdomain', 'http://sub.a.test/', false],
    ['the same origin', 'http://a.test/x', true],
    ['the same origin with its default port', 'http://a.test:80/x', true],
    ['the same origin in other letters', 'HTTP://A.TEST/x', true],
  ])('%s', async (_what, location, isSame) => {
    const script = chain(location);
    await collect(redirect()(script.dispatch), { headers });
    expect(script.requests[1]?.headers).toEqual(isSame ? headers : ['X-Other', 'e']);
  });

  test('nothing comes back when the chain returns to its origin', async () => {
    const script = chain('http://b.test/', 'http://a.test/');
    await collect(redirect()(script.dispatch), { headers, [URL_IDENTITY]: { username: 'u', password: 'p' } });
    expect(script.requests[2]?.headers).toEqual(['X-Other', 'e']);
    expect((script.requests[2] as never)[URL_IDENTITY]).toBeUndefined();
  });

  test('Origin becomes null for another origin', async () => {
    const script = chain('http://b.test/');
    await collect(redirect()(script.dispatch), { headers: { Origin: 'http://a.test' } });
    expect(script.requests[1]?.headers).toEqual(['Origin', 'null']);
  });

  const alice = { username: 'alice', password: 'p@ss' };
  const bob = { username: 'bob', password: 'pässword' };
  test.each([
    ['credentials of the URL stay with their origin', '/x', alice, alice],
    ['also for an absolute Location', 'http://a.test/x', alice, alice],
    ['those of a Location come in for the same origin', 'http://bob:p%C3%A4ssword@a.test/x', alice, bob],
    ['and are not sent to another one', 'http://bob:p%C3%A4ssword@b.test/x', alice, undefined],
    ['nor are those of the first URL', '//b.test/x', alice, undefined],
  ])('%s', async (_what, location, given, expected) => {
    const script = chain(location);
    const { context } = await collect(redirect()(script.dispatch), { [URL_IDENTITY]: given });
    expect((script.requests[1] as never)[URL_IDENTITY]).toEqual(expected);
    expect(script.requests[1]?.origin).not.toContain('@');
    expect(context?.history).toHaveLength(2);
  });
});

describe('a chain', () => {
  test('is followed to its end, and the context has all URLs', async () => {
    const script = chain('/b', 'http://b.test/c?d', 'e');
    const { status, body, context } = await collect(redirect()(script.dispatch), { path: '/a?q=1' });
    expect(status).toBe(200);
    expect(body.toString()).toBe('end');
    const urls = ['http://a.test/a?q=1', 'http://a.test/b', 'http://b.test/c?d', 'http://b.test/e'];
    expect(urlsOf(script)).toEqual(urls);
    expect(context?.history?.map(String)).toEqual(urls);
  });

  test('keeps the fragment until a Location has one', async () => {
    const script = chain('/b', '/c#new', '/d');
    const { context } = await collect(redirect()(script.dispatch), { path: '/a', [URL_FRAGMENT]: '#old' });
    expect(context?.history?.map(({ hash }) => hash)).toEqual(['#old', '#old', '#new', '#new']);
    for (const { path } of script.requests) expect(path).not.toContain('#');
  });

  test('may come to the same URL again: to set a cookie and bounce', async () => {
    const script = chain('/b', '/a', '/b');
    expect((await collect(redirect()(script.dispatch), { path: '/a' })).status).toBe(200);
  });

  test('ends after 20 redirects', async () => {
    const script = new ScriptedDispatch(() => to('/'));
    await expect(collect(redirect()(script.dispatch))).rejects.toMatchObject({ code: 'ERR_TOO_MANY_REDIRECTS' });
    expect(script.requests).toHaveLength(21);
  });

  test.each([
    [{ maxRedirections: 2 }, {}, 3],
    [{ maxRedirections: 5 }, { maxRedirections: 1 }, 2],
    [{ mode: 'manual' }, { maxRedirections: 3 }, 4],
    [{ mode: 'follow', maxRedirections: 0 }, {}, 1],
  ] satisfies [RedirectOptions, object, number][])('has the limit of %j and %j', async (factory, perRequest, count) => {
    const script = new ScriptedDispatch(() => to('/'));
    const failed = collect(redirect(factory)(script.dispatch), perRequest);
    await expect(failed).rejects.toMatchObject({ code: 'ERR_TOO_MANY_REDIRECTS' });
    expect(script.requests).toHaveLength(count);
    for (const { maxRedirections } of script.requests as { maxRedirections?: number }[]) {
      expect(maxRedirections).toBeUndefined();
    }
  });

  test('keeps a path that begins with two slashes on its host', async () => {
    const script = chain('x');
    await collect(redirect()(script.dispatch), { path: '//b.test/y' });
    expect(urlsOf(script)).toEqual(['http://a.test//b.test/y', 'http://a.test//b.test/x']);
  });

  test('knows the query option of undici when the entry layer is not there', async () => {
    const script = chain('?x', undefined as never);
    const { context } = await collect(redirect()(script.dispatch), { path: '/p', query: { q: '1' } });
    expect(context?.history?.map(String)).toEqual(['http://a.test/p?q=1', 'http://a.test/p?x']);
    expect(script.requests[1]?.query).toBeUndefined();
  });
});

describe('modes', () => {
  test.each([
    ['by the factory', { mode: 'manual' }, {}],
    ['by the request', {}, { redirect: 'manual' }],
    ['by a limit of 0', {}, { maxRedirections: 0 }],
    ['by the request against the factory', { mode: 'error' }, { redirect: 'manual' }],
  ] satisfies [string, RedirectOptions, object][])(
    'manual %s delivers the redirect',
    async (_how, factory, perRequest) => {
      const script = chain('/x');
      const { status, headers, body } = await collect(redirect(factory)(script.dispatch), perRequest);
      expect({ status, headers, body: body.toString() }).toEqual({
        status: 302,
        headers: { location: '/x' },
        body: 'moved',
      });
    },
  );

  test('manual adds no handler', () => {
    const dispatch = vi.fn(() => true);
    const [options, handler] = [{ origin: 'http://a.test', path: '/', method: 'GET' } as const, {}];
    redirect({ mode: 'manual' })(dispatch)(options, handler);
    expect(dispatch).toHaveBeenCalledExactlyOnceWith(options, handler);
  });

  test('error fails with the text that fetch has for it', async () => {
    const script = chain('/x');
    const failed = collect(redirect({ mode: 'error' })(script.dispatch));
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_FAILED',
      message: expect.stringContaining("redirect policy was 'error'"),
    });
    expect(script.requests).toHaveLength(1);
  });

  test('error leaves what is no redirect alone', async () => {
    const script = new ScriptedDispatch(() => ({ status: 304 }));
    expect((await collect(redirect({ mode: 'error' })(script.dispatch))).status).toBe(304);
  });

  test.each([
    ['an upgrade', { upgrade: 'websocket' }],
    ['CONNECT', { method: 'CONNECT', path: 'a.test:443' }],
  ])('%s is not redirected', async (_what, options) => {
    expect((await collect(redirect()(chain('/x').dispatch), options)).status).toBe(302);
  });

  test.each([
    ['no Location', { status: 302 }],
    ['an empty Location', { status: 302, headers: { location: '' } }],
    ['300', { status: 300, headers: { location: '/x' } }],
  ])('%s is delivered as it is', async (_what, answer) => {
    expect((await collect(redirect()(new ScriptedDispatch(() => answer).dispatch))).status).toBe(answer.status);
  });
});

describe('wrong arguments', () => {
  test.each([
    [{ mode: 'nope' }, /mode has to be 'follow', 'error' or 'manual'; got nope/],
    [{ maxRedirections: -1 }, /maxRedirections has to be a whole number from 0; got -1/],
    [{ maxRedirections: 1.5 }, /maxRedirections/],
    [{ onRedirect: 'x' }, /onRedirect has to be a function; got string/],
    [{ acceptsScheme: true }, /acceptsScheme has to be a function; got boolean/],
  ])('%j', (options, expected) => {
    expect(() => redirect(options as never)).toThrow(expected);
    expect(() => redirect(options as never)).toThrow(TypeError);
  });

  test.each([
    [{ redirect: 'nope' }, /redirect has to be/],
    [{ maxRedirections: '5' }, /maxRedirections/],
    [{ onRedirect: 5 }, /onRedirect/],
  ])('of a request: %j', async (options, expected) => {
    await expect(collect(redirect()(chain().dispatch), options)).rejects.toThrow(expected);
  });
});

describe('a redirect that cannot be followed', () => {
  test.each([
    ['file:///etc/passwd', 'ERR_UNSAFE_REDIRECT'],
    ['app://x/', 'ERR_UNKNOWN_URL_SCHEME'],
    ['http://', 'ERR_INVALID_REDIRECT'],
  ])('%s ends the request and its connection', async (location, code) => {
    const script = chain(location);
    await expect(collect(redirect()(script.dispatch))).rejects.toMatchObject({ code });
    expect(script.controllers[0]?.aborted).toBe(true);
  });

  test('is followed to a scheme that the caller knows', async () => {
    const script = chain('app://host/x');
    const acceptsScheme = vi.fn((scheme: string) => scheme === 'app');
    await collect(redirect({ acceptsScheme })(script.dispatch));
    expect(urlsOf(script)).toEqual(['http://a.test/', 'app://host/x']);
    expect(acceptsScheme).toHaveBeenCalledWith('app', expect.objectContaining({ location: 'app://host/x' }));
  });

  test.each(['app://host/x?y', 'app:x', 'file:///x'])('%s becomes origin and path', async (location) => {
    const script = chain(location);
    await collect(redirect({ acceptsScheme: () => true })(script.dispatch));
    expect(urlsOf(script)[1]).toBe(location);
  });
});

describe('the hook', () => {
  test('sees every hop, without user info', async () => {
    const hops: RedirectHop[] = [];
    const script = chain('http://u:p@a.test/b', 'http://b.test/c');
    await collect(redirect({ onRedirect: (hop) => void hops.push(hop) })(script.dispatch), {
      method: 'POST',
      [URL_IDENTITY]: { username: 'me', password: 'secret' },
    });
    expect(
      hops.map(({ status, statusMessage, method, from, to }) => [status, statusMessage, method, from.href, to.href]),
    ).toEqual([
      [302, 'Scripted', 'GET', 'http://a.test/', 'http://a.test/b'],
      [302, 'Scripted', 'GET', 'http://a.test/b', 'http://b.test/c'],
    ]);
    expect(hops[0]?.headers).toEqual({ location: 'http://u:p@a.test/b' });
  });

  test('of a request is asked in place of that of the factory', async () => {
    const [general, own] = [vi.fn(), vi.fn()];
    await collect(redirect({ onRedirect: general })(chain('/x').dispatch), { onRedirect: own });
    expect(general).not.toHaveBeenCalled();
    expect(own).toHaveBeenCalledOnce();
  });

  test('may stop, and the redirect is delivered', async () => {
    const onRedirect = ({ to: { pathname } }: RedirectHop) => (pathname === '/c' ? 'stop' : undefined);
    const script = chain('/b', '/c');
    const { status, headers, context } = await collect(redirect({ onRedirect })(script.dispatch));
    expect(status).toBe(302);
    expect(headers).toEqual({ location: '/c' });
    expect(context?.history?.map(({ pathname }) => pathname)).toEqual(['/', '/b']);
  });

  test('that stops costs no body that is needed', async () => {
    const script = new ScriptedDispatch(() => to('/x', 307));
    const options = { method: 'POST', body: Readable.from(['x']), onRedirect: () => 'stop' };
    expect((await collect(redirect()(script.dispatch), options)).status).toBe(307);
  });

  test('that throws fails the request', async () => {
    const failed = collect(redirect()(chain('/x').dispatch), {
      onRedirect: () => {
        throw new Error('from the hook');
      },
    });
    await expect(failed).rejects.toThrow('from the hook');
  });
});

test('tells the diagnostics channel, without user info', async () => {
  const events: RedirectEvent[] = [];
  const listen = (event: unknown) => void events.push(event as RedirectEvent);
  channels.redirect.subscribe(listen);
  onTestFinished(() => void channels.redirect.unsubscribe(listen));
  await collect(redirect()(chain('http://u:p@unique.test/x').dispatch));
  expect(events).toContainEqual({ from: 'http://a.test/', to: 'http://unique.test/x', status: 302 });
});

describe('the body of a redirect', () => {
  test('is read to its end before the next request is sent', async () => {
    const script = new ScriptedDispatch((_request, index) =>
      index === 0 ? { status: 302, headers: { location: '/x' }, body: ['a', 'b', 'c'] } : {},
    );
    await collect(redirect()(script.dispatch));
    expect(script.controllers[0]?.aborted).toBe(false);
  });

  test('that is large is not: by its length', async () => {
    const headers = { location: '/x', 'content-length': '1000000' };
    const script = new ScriptedDispatch((_request, index) =>
      index === 0 ? { status: 302, headers, unfinished: true } : {},
    );
    expect((await collect(redirect()(script.dispatch))).status).toBe(200);
    expect(script.controllers[0]?.aborted).toBe(true);
  });

  test('that is large is not: when it has become too long', async () => {
    const body = Array.from({ length: 20 }, () => Buffer.alloc(10_000));
    const script = new ScriptedDispatch((_request, index) =>
      index === 0 ? { status: 302, headers: { location: '/x' }, body, unfinished: true } : { body: ['end'] },
    );
    expect((await collect(redirect()(script.dispatch))).body.toString()).toBe('end');
    expect(script.controllers[0]?.aborted).toBe(true);
  });

  test('that is large by its length is none after HEAD', async () => {
    const headers = { location: '/x', 'content-length': '1000000' };
    const script = new ScriptedDispatch((_request, index) => (index === 0 ? { status: 302, headers } : {}));
    await collect(redirect()(script.dispatch), { method: 'HEAD' });
    expect(script.controllers[0]?.aborted).toBe(false);
  });

  test('that does not end is waited for no longer than a second', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const script = new ScriptedDispatch((_request, index) =>
      index === 0 ? { status: 302, headers: { location: '/x' }, unfinished: true } : {},
    );
    const done = collect(redirect()(script.dispatch));
    await vi.advanceTimersByTimeAsync(999);
    expect(script.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await done).status).toBe(200);
    expect(script.controllers[0]?.aborted).toBe(true);
  });

  test('may break off', async () => {
    const script = new ScriptedDispatch((_request, index) =>
      index === 0 ? { status: 302, headers: { location: '/x' }, body: ['a'], error: new Error('reset') } : {},
    );
    expect((await collect(redirect()(script.dispatch))).status).toBe(200);
  });
});

describe('an abort', () => {
  const unfinished = { status: 302, headers: { location: '/x' }, unfinished: true };

  test('while the body of a redirect is read ends the request', async () => {
    const script = new ScriptedDispatch(() => unfinished);
    const onRedirect = () => {
      setImmediate(() => script.controllers[0]?.abort(new Error('enough')));
    };
    await expect(collect(redirect({ onRedirect })(script.dispatch))).rejects.toThrow('enough');
    expect(script.requests).toHaveLength(1);
  });

  test('in the hook ends the request', async () => {
    const script = chain('/x');
    const onRedirect = () => script.controllers[0]?.abort(new Error('enough'));
    await expect(collect(redirect({ onRedirect })(script.dispatch))).rejects.toThrow('enough');
    expect(script.requests).toHaveLength(1);
  });

  test('of the second request ends it', async () => {
    const script = new ScriptedDispatch((_request, index) => (index === 0 ? to('/x') : { unfinished: true }));
    let starts = 0;
    const done = collect(redirect()(script.dispatch), {}, (controller) => {
      starts += 1;
      if (starts === 2) setImmediate(() => controller.abort(new Error('enough')));
    });
    await expect(done).rejects.toThrow('enough');
  });
});

test('an error before the answer is passed on', async () => {
  const dispatch = new ScriptedDispatch(() => ({ unfinished: true }));
  const done = collect(redirect()(dispatch.dispatch), {}, (controller) => {
    setImmediate(() => controller.abort(new NetError('ERR_CONNECTION_RESET')));
  });
  await expect(done).rejects.toMatchObject({ code: 'ERR_CONNECTION_RESET' });
});

test('a next request that cannot be dispatched fails the request', async () => {
  const script = chain('/x');
  const failing: typeof script.dispatch = (options, handler) => {
    if (options.path === '/x') throw new TypeError('not to be sent');
    return script.dispatch(options, handler);
  };
  await expect(collect(redirect()(failing))).rejects.toThrow('not to be sent');
});

test('marks of the entry layer go along', async () => {
  const script = chain('/x');
  await collect(redirect()(script.dispatch), { headers: ['A', '1'], [NORMALISED]: true });
  expect(script.requests[1]).toMatchObject({ headers: ['A', '1'], [NORMALISED]: true });
});

describe('over undici', () => {
  test('POST becomes GET', async () => {
    const seen: string[] = [];
    const { origin } = await serve((req, res) => {
      seen.push(`${req.method} ${req.url}`);
      if (req.url === '/end') res.end('end');
      else res.writeHead(req.url === '/a' ? 302 : 307, { location: req.url === '/a' ? '/b' : '/end' }).end('moved');
    });
    const agent = new Agent();
    onTestFinished(() => agent.close());
    const { body, context } = await request(`${origin}/a`, {
      dispatcher: agent.compose(redirect()),
      method: 'POST',
      body: 'x',
    });
    expect(await body.text()).toBe('end');
    expect(seen).toEqual(['POST /a', 'GET /b', 'GET /end']);
    expect((context as { history: URL[] }).history.map(({ pathname }) => pathname)).toEqual(['/a', '/b', '/end']);
  });

  test('a redirect whose body never ends is followed over another connection', async () => {
    const { origin } = await serve((req, res) => {
      if (req.url === '/end') res.end('end');
      else res.writeHead(302, { location: '/end', 'content-length': 1_000_000 }).write('x');
    });
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const { body } = await request(`${origin}/a`, { dispatcher: agent.compose(redirect()) });
    expect(await body.text()).toBe('end');
  });

  test('a signal aborts between the hops', async () => {
    const abort = new AbortController();
    const { origin, server } = await serve((req, res) => {
      if (req.url === '/a') res.writeHead(302, { location: '/b' }).end();
    });
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const done = request(`${origin}/a`, { dispatcher: agent.compose(redirect()), signal: abort.signal });
    server.on('request', (req) => {
      if (req.url === '/b') abort.abort(new Error('enough'));
    });
    await expect(done).rejects.toThrow('enough');
  });
});
