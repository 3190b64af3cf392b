import { describe, expect, test, vi } from 'vitest';
import { type CookieContext, MemoryCookieJar } from './cookie-jar.js';

const context: CookieContext = { sameSiteContext: undefined, ignoreError: true };

/** A jar that has been given cookies in turn, each as `[url, Set-Cookie]`. */
async function jarWith(
  ...cookies: [url: string, cookie: string][]
): Promise<(url: string, sameSite?: 'lax' | 'none') => string> {
  const jar = new MemoryCookieJar();
  for (const [url, cookie] of cookies) await jar.setCookie(cookie, url, context);
  return (url, sameSiteContext) => jar.getCookieString(url, { ...context, sameSiteContext });
}

test('an empty jar answers at once', () => {
  expect(new MemoryCookieJar().getCookieString('http://a.test/', context)).toBe('');
});

test('stores at once when it has stored before', async () => {
  const jar = new MemoryCookieJar();
  await jar.setCookie('a=1', 'http://a.test/', context);
  expect(jar.setCookie('b=2', 'http://a.test/', context)).toBeUndefined();
  expect(jar.getCookieString('http://a.test/', context)).toBe('a=1; b=2');
});

describe('hosts and paths', () => {
  test.each([
    ['a=1', 'http://www.a.test/', true],
    ['a=1', 'http://a.test/', false],
    ['a=1', 'http://sub.www.a.test/', false],
    ['a=1; Domain=a.test', 'http://a.test/', true],
    ['a=1; Domain=.a.test', 'http://sub.a.test/', true],
    ['a=1; Domain=a.test', 'http://othera.test/', false],
    ['a=1; Path=/x', 'http://www.a.test/x/y', true],
    ['a=1; Path=/x', 'http://www.a.test/xy', false],
    ['a=1', 'http://www.a.test:8080/', true],
  ])('%s set by www.a.test goes to %s: %s', async (cookie, url, expected) => {
    const get = await jarWith(['http://www.a.test/', cookie]);
    expect(get(url)).toBe(expected ? 'a=1' : '');
  });

  test.each([
    ['another host', 'http://a.test/', 'a=1; Domain=b.test'],
    ['a subdomain', 'http://a.test/', 'a=1; Domain=sub.a.test'],
    ['a public suffix', 'http://a.co.uk/', 'a=1; Domain=co.uk'],
    ['a top-level domain', 'http://a.com/', 'a=1; Domain=com'],
    ['a private public suffix', 'http://a.github.io/', 'a=1; Domain=github.io'],
    ['an address of the same network', 'http://10.0.0.1/', 'a=1; Domain=10.0.0.2'],
  ])('a cookie for %s is refused', async (_what, url, cookie) => {
    const get = await jarWith([url, cookie]);
    expect(get(url)).toBe('');
    expect(get('http://sub.a.test/')).toBe('');
  });

  test('a host that is an address has cookies of its own', async () => {
    expect((await jarWith(['http://10.0.0.1/', 'a=1; Domain=10.0.0.1']))('http://10.0.0.1/')).toBe('a=1');
  });
});

describe('Secure', () => {
  test.each([
    ['https://a.test/', 'https://a.test/', true],
    ['https://a.test/', 'http://a.test/', false],
    ['http://a.test/', 'https://a.test/', false],
    ['http://localhost/', 'http://localhost/', true],
    ['http://app.localhost/', 'http://app.localhost/', true],
    ['http://127.0.0.1/', 'http://127.0.0.1/', true],
    ['http://[::1]/', 'http://[::1]/', true],
  ])('set over %s, asked for by %s: %s', async (from, url, expected) => {
    expect((await jarWith([from, 'a=1; Secure']))(url)).toBe(expected ? 'a=1' : '');
  });

  test.each([
    ['the same', 'a=2', 'a=1'],
    ['one for a longer path', 'a=2; Path=/x/y', 'a=1'],
    ['another name', 'b=2', 'a=1; b=2'],
    ['one for a shorter path, which it does not cover', 'a=2; Path=/', 'a=1'],
  ])('is not covered over plain http by %s', async (_what, cookie, expected) => {
    const get = await jarWith(['https://a.test/x/', 'a=1; Secure; Path=/x'], ['http://a.test/x/y', cookie]);
    expect(get('https://a.test/x/y').split('; ').sort().join('; ')).toBe(
      cookie.endsWith('Path=/') ? 'a=1; a=2' : expected,
    );
  });

  test.each([
    ['__Secure-a=1', ''],
    ['__Secure-a=1; Secure', '__Secure-a=1'],
    ['__Host-a=1; Secure', ''],
    ['__Host-a=1; Secure; Path=/', '__Host-a=1'],
    ['__Host-a=1; Secure; Path=/; Domain=a.test', ''],
  ])('and prefixes: %s', async (cookie, expected) => {
    expect((await jarWith(['https://a.test/x/y', cookie]))('https://a.test/x/y')).toBe(expected);
  });
});

describe('SameSite', () => {
  test.each([
    ['a=1', 'none', true],
    ['a=1; SameSite=Lax', 'none', false],
    ['a=1; SameSite=Lax', 'lax', true],
    ['a=1; SameSite=Strict', 'lax', false],
    ['a=1; SameSite=None', 'none', true],
    ['a=1; SameSite=Strict', undefined, true],
  ] as const)('%s in the context %s: %s', async (cookie, sameSite, expected) => {
    const get = await jarWith(['https://a.test/', cookie]);
    expect(get('https://a.test/', sameSite)).toBe(expected ? 'a=1' : '');
  });
});

describe('what is no cookie', () => {
  test.each([
    ['nothing', ''],
    ['attributes alone', '; Secure'],
    ['a control character', 'a=1\x01'],
    ['NUL', 'a=1\0'],
    ['text beyond Latin-1', 'a=€'],
    ['too large', `a=${'x'.repeat(4096)}`],
    ['too large a name', `${'x'.repeat(4097)}=`],
  ])('%s', async (_what, cookie) => {
    expect((await jarWith(['http://a.test/', cookie]))('http://a.test/')).toBe('');
  });

  test('the largest cookie is one', async () => {
    const cookie = `a=${'x'.repeat(4095)}`;
    expect((await jarWith(['http://a.test/', cookie]))('http://a.test/')).toBe(cookie);
  });

  test('bytes beyond ASCII come back as they were', async () => {
    expect((await jarWith(['http://a.test/', 'a=\xc3\xbc\xff']))('http://a.test/')).toBe('a=\xc3\xbc\xff');
  });
});

describe('time', () => {
  test.each([
    ['Max-Age=0', ''],
    ['Max-Age=-5', ''],
    ['Max-Age=100', 'a=1'],
    ['Expires=Thu, 01 Jan 1970 00:00:00 GMT', ''],
    ['Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'a=1'],
    ['Expires=nonsense', 'a=1'],
  ])('%s', async (attribute, expected) => {
    expect((await jarWith(['http://a.test/', `a=1; ${attribute}`]))('http://a.test/')).toBe(expected);
  });

  test('deletes what is there', async () => {
    expect((await jarWith(['http://a.test/', 'a=1'], ['http://a.test/', 'a=; Max-Age=0']))('http://a.test/')).toBe('');
  });

  test.each(['Max-Age=999999999', 'Expires=Thu, 01 Jan 2099 00:00:00 GMT'])(
    'no cookie lives for more than 400 days: %s',
    async (attribute) => {
      const get = await jarWith(['http://a.test/', `a=1; ${attribute}`]);
      const day = 24 * 3600 * 1000;
      vi.useFakeTimers({ now: Date.now() + 399 * day });
      try {
        expect(get('http://a.test/')).toBe('a=1');
        vi.setSystemTime(Date.now() + 2 * day);
        expect(get('http://a.test/')).toBe('');
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

test('a host has at most 180 cookies; those unused for the longest time go first', async () => {
  const jar = new MemoryCookieJar();
  vi.useFakeTimers();
  try {
    for (let i = 0; i < 200; i += 1) {
      vi.setSystemTime(i * 1000);
      await jar.setCookie(`c${i}=1; Path=/p${i % 3}`, 'http://a.test/', context);
    }
    await jar.setCookie('other=1', 'http://b.test/', context);
    const kept = [0, 1, 2].flatMap((i) => jar.getCookieString(`http://a.test/p${i}`, context).split('; '));
    expect(kept).toHaveLength(180);
    expect(kept).not.toContain('c19=1');
    expect(kept).toContain('c20=1');
    expect(kept).toContain('c199=1');
    expect(jar.getCookieString('http://b.test/', context)).toBe('other=1');
  } finally {
    vi.useRealTimers();
  }
});
