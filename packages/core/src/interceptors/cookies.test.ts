import { CookieJar as ToughJar } from 'tough-cookie';
import { request } from 'undici';
import { describe, expect, test, vi } from 'vitest';
import { layered } from '../../test/support/layered.js';
import { collect, type ScriptedAnswer, ScriptedDispatch } from '../../test/support/scripted-dispatch.js';
import { serve } from '../../test/support/servers.js';
import { getHeader } from '../http/headers.js';
import type { CookieJar } from './cookie-jar.js';
import { type CookiesOptions, cookies } from './cookies.js';
import { entry } from './entry.js';
import { ANSWER_OBSERVER, type AnswerObserver, PRIVACY } from './internal.js';
import { redirect } from './redirect.js';

/** Answers the n-th request with the n-th Set-Cookie field (or answer). */
function setting(...answers: (string | string[] | ScriptedAnswer)[]): ScriptedDispatch {
  return new ScriptedDispatch((_request, index) => {
    const answer = answers[index] ?? {};
    return typeof answer === 'string' || Array.isArray(answer) ? { headers: { 'set-cookie': answer } } : answer;
  });
}

const cookiesSent = ({ requests }: ScriptedDispatch) =>
  requests.map(({ headers }) => getHeader((headers ?? []) as string[], 'cookie'));

/** Sends requests in turn through the layer. */
async function sendAll(script: ScriptedDispatch, options: CookiesOptions, ...requests: object[]): Promise<void> {
  const dispatch = cookies(options)(script.dispatch);
  for (const one of requests) await collect(dispatch, one as Record<string, unknown>);
}

test('what an answer sets is sent from the next request on', async () => {
  const script = setting(['a=1', 'b=2; Path=/x'], 'a=3; Path=/');
  await sendAll(script, {}, {}, { path: '/x/y?q', headers: ['X', '1'] }, {}, { origin: 'http://b.test' });
  expect(cookiesSent(script)).toEqual([undefined, 'b=2; a=1', 'a=3', undefined]);
  expect(script.requests[1]?.headers).toEqual(['X', '1', 'cookie', 'b=2; a=1']);
});

test.each([200, 302, 401, 404, 500])('also with status %i', async (status) => {
  const script = setting({ status, headers: { 'set-cookie': 'a=1' } });
  await sendAll(script, {}, {}, {});
  expect(cookiesSent(script)).toEqual([undefined, 'a=1']);
});

test('what a proxy sets with a 407 is nothing to the origin', async () => {
  const script = setting({ status: 407, headers: { 'set-cookie': 'a=1' } });
  await sendAll(script, {}, {}, {});
  expect(cookiesSent(script)).toEqual([undefined, undefined]);
});

test('a Cookie header of the caller goes out as it is, and answers are still heard', async () => {
  const script = setting('a=1', 'b=2', {});
  await sendAll(script, {}, {}, { headers: ['COOKIE', 'own=1'] }, {});
  expect(script.requests[1]?.headers).toEqual(['COOKIE', 'own=1']);
  expect(cookiesSent(script)).toEqual([undefined, 'own=1', 'a=1; b=2']);
});

test.each([
  ['cookies: false', { cookies: false }],
  ["credentials: 'omit'", { [PRIVACY]: true }],
  ['CONNECT', { method: 'CONNECT', path: 'a.test:443' }],
])('%s neither sends nor stores', async (_what, options) => {
  const script = setting('a=1', 'b=2', {});
  await sendAll(script, {}, {}, options, {});
  expect(cookiesSent(script)).toEqual([undefined, undefined, 'a=1']);
});

test('each hop of a redirect gets the cookies of its host, and those set on the way', async () => {
  const script = new ScriptedDispatch(({ origin }, index) =>
    index > 2
      ? {}
      : {
          status: 302,
          headers: {
            'set-cookie': `at=${index}`,
            location: origin === 'http://a.test' ? 'http://b.test/' : 'http://a.test/',
          },
        },
  );
  await collect(redirect()(cookies()(script.dispatch)), { headers: { cookie: 'own=1' } });
  expect(cookiesSent(script)).toEqual(['own=1', undefined, 'at=0', 'at=1']);
});

describe('a jar of the caller', () => {
  test('of tough-cookie', async () => {
    const jar = new ToughJar();
    await jar.setCookie('mine=1', 'http://a.test/');
    const script = setting(['theirs=2', 'evil=3; Domain=com']);
    await sendAll(script, { jar }, {}, {});
    expect(cookiesSent(script)).toEqual(['mine=1', 'mine=1; theirs=2']);
    expect(await jar.getCookieString('http://a.test/')).toBe('mine=1; theirs=2');
  });

  test('is asked and told with URL and context, and may be slow', async () => {
    const calls: unknown[] = [];
    const jar: CookieJar = {
      getCookieString: async (...args) => {
        calls.push(['get', ...args]);
        return 'a=1';
      },
      setCookie: async (...args) => void calls.push(['set', ...args]),
    };
    const script = setting(['x', 'y']);
    await sendAll(script, { jar, sameSiteContext: 'lax' }, { path: '/p?q' });
    const context = { sameSiteContext: 'lax', ignoreError: true };
    const url = 'http://a.test/p?q';
    expect(calls).toEqual([
      ['get', url, context],
      ['set', 'x', url, context],
      ['set', 'y', url, context],
    ]);
    expect(cookiesSent(script)).toEqual(['a=1']);
  });

  test('is not asked before it has stored what came before', async () => {
    let stored = '';
    let store = () => undefined as unknown;
    const jar: CookieJar = {
      getCookieString: () => stored,
      setCookie: (cookie) =>
        new Promise<void>((resolve) => {
          store = () => {
            stored = cookie;
            resolve();
          };
        }),
    };
    const script = setting('a=1');
    const dispatch = cookies({ jar })(script.dispatch);
    await collect(dispatch);
    const second = collect(dispatch);
    expect(script.requests).toHaveLength(1);
    store();
    await second;
    expect(cookiesSent(script)).toEqual([undefined, 'a=1']);
  });

  test('that gives text beyond Latin-1 has it sent as UTF-8', async () => {
    const script = setting();
    await sendAll(script, { jar: { getCookieString: () => 'a=€', setCookie: () => undefined } }, {});
    expect(Buffer.from(cookiesSent(script)[0] ?? '', 'latin1').toString()).toBe('a=€');
  });

  test.each([
    ['at once', () => 'a=1\r\nX: 1'],
    ['later', async () => 'a=1\r\nX: 1'],
  ])('that gives what cannot be sent %s fails the request', async (_when, getCookieString) => {
    const script = setting();
    const failed = collect(entry()(cookies({ jar: { getCookieString, setCookie: () => undefined } })(script.dispatch)));
    await expect(failed).rejects.toThrow(new TypeError('the cookie jar gave cookies that cannot be sent'));
    expect(script.requests).toEqual([]);
  });

  test.each([
    [
      'at once',
      () => {
        throw new Error('disk on fire');
      },
    ],
    [
      'later',
      async () => {
        throw new Error('disk on fire');
      },
    ],
  ])('that fails to give %s fails the request', async (_when, getCookieString) => {
    const failed = collect(
      entry()(cookies({ jar: { getCookieString, setCookie: () => undefined } })(setting().dispatch)),
    );
    await expect(failed).rejects.toThrow('disk on fire');
  });

  test.each([
    [
      'at once',
      () => {
        throw new Error('disk full');
      },
    ],
    [
      'later',
      async () => {
        throw new Error('disk full');
      },
    ],
  ])('that fails to store %s is a warning, and the request goes on', async (_when, setCookie) => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const script = setting('secret=1');
    await sendAll(script, { jar: { getCookieString: () => '', setCookie } }, {}, {});
    const warning = await warned;
    expect(warning).toMatchObject({ message: 'a cookie could not be stored', cause: { message: 'disk full' } });
    expect(warning.message).not.toContain('secret');
  });

  test('can be waited for no longer', async () => {
    const script = setting();
    let answer: (cookie: string) => void = () => undefined;
    const jar: CookieJar = {
      getCookieString: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      setCookie: () => undefined,
    };
    const failed = collect(cookies({ jar })(script.dispatch), {}, (controller) => {
      expect([controller.aborted, controller.paused]).toEqual([false, false]);
      setImmediate(() => controller.abort(new Error('enough')));
    });
    await expect(failed).rejects.toThrow('enough');
    answer('a=1');
    await new Promise(setImmediate);
    expect(script.requests).toEqual([]);
  });

  test.each([null, 5, {}, { getCookieString: () => '' }])('that is none is refused: %j', (jar) => {
    expect(() => cookies({ jar } as never)).toThrow(
      /jar has to be an object with getCookieString\(url\) and setCookie/,
    );
  });
});

test('an unknown context is refused', () => {
  expect(() => cookies({ sameSiteContext: 'x' as never })).toThrow(
    /sameSiteContext has to be 'strict', 'lax' or 'none'; got x/,
  );
});

describe('answers that sign-in keeps to itself', () => {
  test('are heard, and the next attempt has their cookies', async () => {
    const script = setting();
    await collect(cookies()(script.dispatch), { headers: ['X', '1'] });
    const observer = (script.requests[0] as never)[ANSWER_OBSERVER] as AnswerObserver;
    expect(await observer.answered({ 'set-cookie': ['a=1', 'b=2'] }, ['X', '1'])).toEqual([
      'X',
      '1',
      'cookie',
      'a=1; b=2',
    ]);
    const sent = ['X', '1', 'cookie', 'a=1; b=2', 'Y', '2'];
    expect(await observer.answered({ 'set-cookie': 'b=3' }, sent)).toEqual(['X', '1', 'Y', '2', 'cookie', 'a=1; b=3']);
    expect(await observer.answered({}, ['cookie', 'changed=1'])).toEqual(['cookie', 'changed=1']);
    expect(script.requests[0]?.headers).toEqual(['X', '1']);
  });

  test('leave the Cookie header of the caller alone', async () => {
    const script = setting();
    await collect(cookies()(script.dispatch), { headers: ['Cookie', 'own=1'] });
    const observer = (script.requests[0] as never)[ANSWER_OBSERVER] as AnswerObserver;
    expect(await observer.answered({ 'set-cookie': 'a=1' }, ['Cookie', 'own=1'])).toEqual(['Cookie', 'own=1']);
  });
});

test('an upgrade sends and stores as well', async () => {
  const dispatch = cookies()((options, handler) => {
    seen.push(getHeader(options.headers as string[], 'cookie'));
    handler.onRequestUpgrade?.({} as never, 101, { 'set-cookie': 'a=1' }, {} as never);
    return true;
  });
  const seen: unknown[] = [];
  const upgraded = vi.fn();
  const options = { origin: 'http://a.test', path: '/', method: 'GET', upgrade: 'websocket' } as const;
  dispatch(options, { onRequestUpgrade: upgraded });
  expect(upgraded).toHaveBeenCalledOnce();
  const jarLoaded = vi.waitUntil(() => {
    dispatch(options, {});
    return seen.includes('a=1');
  });
  await jarLoaded;
});

test('over real sockets: set a cookie and bounce', async () => {
  const { origin } = await serve((req, res) => {
    if (req.headers.cookie === 'seen=1') res.end('welcome');
    else res.writeHead(302, { 'set-cookie': 'seen=1', location: req.url ?? '/' }).end();
  });
  const dispatcher = layered([entry(), redirect(), cookies()]);
  const first = await request(`${origin}/same?url`, { dispatcher });
  expect(await first.body.text()).toBe('welcome');
  const init = { dispatcher } as object;
  expect(await (await fetch(origin, init)).text()).toBe('welcome');
});
