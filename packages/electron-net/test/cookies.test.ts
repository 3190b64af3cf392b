import { describe, expect, test } from 'vitest';
import { type ClientRequestConstructorOptions, type CookiesSetDetails, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
const url = 'http://www.example.com/folder/page';
/** Details that a program has no values for. */
const NOTHING = { value: null, domain: null, path: null, secure: null, expirationDate: null, sameSite: null };
const cookies = () => environment.session.cookies;

/** Names and causes of the changes from now on. */
function changes(): string[] {
  const seen: string[] = [];
  cookies().on('changed', (_event, { name, value }, cause, removed) => {
    seen.push(`${name}=${value} ${cause}${removed ? ' removed' : ''}`);
  });
  return seen;
}

describe('set', () => {
  test('stores what get shows', async () => {
    await cookies().set({ url, name: 'a', value: 'b' });
    expect(await cookies().get({})).toEqual([
      {
        name: 'a',
        value: 'b',
        domain: 'www.example.com',
        hostOnly: true,
        path: '/folder',
        secure: false,
        httpOnly: false,
        session: true,
        sameSite: 'lax',
      },
    ]);
  });

  test('keeps domain, path, expiry and attributes', async () => {
    const expirationDate = Math.floor(Date.now() / 1000) + 1000;
    const attributes = { path: '/p', httpOnly: true, sameSite: 'no_restriction' as const, expirationDate };
    await cookies().set({ url, name: 'a', value: 'b', domain: 'example.com', ...attributes });
    const shown = { domain: '.example.com', hostOnly: false, session: false, ...attributes };
    expect(await cookies().get({})).toMatchObject([shown]);
  });

  test('takes an address as a host, and an empty name', async () => {
    await cookies().set({ url: 'http://127.0.0.1/', value: 'alone' });
    expect(await cookies().get({})).toMatchObject([{ name: '', domain: '127.0.0.1', hostOnly: true, path: '/' }]);
    expect((await cookies().get({})).at(0)).not.toHaveProperty('expirationDate');
  });

  test.each<[string, object, object]>([
    ['a secure cookie without SameSite, from https', { sameSite: 'no_restriction' }, { secure: true }],
    ['one that is not to be secure', { sameSite: 'no_restriction', secure: false }, { secure: false }],
    ['one from the machine itself', { url: 'http://127.0.0.1/', sameSite: 'no_restriction' }, { secure: true }],
    ['one from plain http', { url, sameSite: 'no_restriction' }, { secure: false }],
    ['null, which is nothing', { ...NOTHING, name: null }, { name: '', session: true, secure: false, sameSite: 'lax' }],
    ['flags that are none', { secure: 1, httpOnly: 'yes' }, { secure: false, httpOnly: false }],
    ['a date that is none', { expirationDate: Number.NaN }, { session: true }],
    ['a date as a text', { expirationDate: '9999999999' }, { session: true }],
  ])('takes %s', async (_name, details, shown) => {
    await cookies().set({ url: 'https://example.com/', name: 'a', ...details });
    expect(await cookies().get({ name: null, domain: null, secure: null } as never)).toMatchObject([shown]);
  });

  test('keeps what a server sets without SameSite as unspecified', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const request = { url: `${origin.url}/cookies/set?a=b`, session: environment.session, useSessionCookies: true };
    await answer(net.request(request));
    expect(await cookies().get({})).toMatchObject([{ name: 'a', value: 'b', sameSite: 'unspecified' }]);
  });

  const invalidDomain = 'Failed to set cookie - The cookie was set with an invalid Domain attribute.';
  test.each<[string, CookiesSetDetails, string | RegExp]>([
    ['an empty URL', { url: '' }, invalidDomain],
    ['no URL', { url: 'asdf' }, invalidDomain],
    ['a domain of others', { url, domain: 'other.com' }, invalidDomain],
    ['a domain above the site', { url, domain: 'com' }, invalidDomain],
    ['a semicolon', { url, name: 'a', value: ';b' }, /ASCII control characters/],
    ['a control character', { url, name: 'a', value: '\u0001' }, /ASCII control characters/],
    [
      'an unknown sameSite',
      { url, sameSite: 'x' as never },
      /^Failed to convert 'x' to an appropriate cookie same site/,
    ],
    ['Secure from http', { url, name: 'a', secure: true }, /Secure attribute/],
    ['a prefix that says more than is true', { url, name: '__Host-a' }, /prefix rules/],
    ['no details', undefined as never, 'cookies.set needs an object with details'],
    ['a value that is no text', { url, value: 5 as never }, '`value` should be a string'],
    ['a domain that is no text', { url, domain: 5 as never }, '`domain` should be a string'],
    ['too much', { url, name: 'a', value: 'x'.repeat(5000) }, /too large/],
  ])('refuses %s', async (_name, details, message) => {
    await expect(cookies().set(details)).rejects.toThrow(message);
    expect(await cookies().get({})).toEqual([]);
  });
});

describe('get', () => {
  test.each([
    [{ secure: true }, ['c']],
    [{ secure: false }, ['a', 'b']],
    [{ httpOnly: true }, ['b']],
    [{ httpOnly: false }, ['a', 'c']],
    [{ session: true }, ['a', 'b']],
    [{ session: false }, ['c']],
    [{ name: 'b' }, ['b']],
    [{ path: '/other' }, ['b']],
    [{ domain: 'example.com' }, ['a', 'b', 'c']],
    [{ domain: 'A.B.Example.com' }, ['a']],
    [{ domain: 'otherexample.com' }, []],
    [{ domain: 'www.example.com' }, ['a', 'b']],
    [{ url: 'https://www.example.com/other' }, ['b', 'a']],
    [{ url: 'http://sub.www.example.com/' }, ['a']],
    [{ url: 'https://example.com/' }, ['a', 'c']],
    [{ url: 'nonsense' }, []],
  ])('%j finds %j', async (filter, names) => {
    const expirationDate = Date.now() / 1000 + 1000;
    await cookies().set({ url, name: 'a', domain: '.example.com', path: '/' });
    await cookies().set({ url, name: 'b', httpOnly: true, path: '/other' });
    await cookies().set({ url: 'https://example.com/', name: 'c', secure: true, expirationDate });
    expect((await cookies().get(filter)).map(({ name }) => name)).toEqual(names);
  });
});

test('get refuses a domain that is no text', async () => {
  await expect(cookies().get({ domain: 5 as never })).rejects.toThrow('`domain` should be a string');
});

describe('changed', () => {
  test('tells of insertion, of overwriting with another value, with the same, and of removal', async () => {
    const seen = changes();
    for (const value of ['1', '2', '2']) await cookies().set({ url, name: 'a', value });
    await cookies().remove(url, 'a');
    await cookies().remove(url, 'a');
    expect(seen).toEqual([
      'a=1 inserted',
      'a=1 overwrite removed',
      'a=2 inserted',
      'a=2 overwrite removed',
      'a=2 inserted-no-value-change-overwrite',
      'a=2 explicit removed',
    ]);
  });

  test('tells of a live cookie that an expired one takes away', async () => {
    await cookies().set({ url, name: 'a', value: '1' });
    const seen = changes();
    await cookies().set({ url, name: 'a', value: '2', expirationDate: 1 });
    await cookies().set({ url, name: 'b', value: '2', expirationDate: 1 });
    expect(seen).toEqual(['a=1 expired-overwrite removed']);
  });

  test('tells of those that are too many for a domain', async () => {
    const seen = changes();
    for (let i = 0; i <= 180; i++) await cookies().set({ url, name: `c${i}` });
    expect(seen.filter((change) => !change.endsWith('inserted'))).toEqual(['c0= evicted removed']);
  });
});

describe('requests', () => {
  test.each<[string, ClientRequestConstructorOptions, boolean]>([
    ['without a word', {}, false],
    ['with useSessionCookies', { useSessionCookies: true }, true],
    ['with credentials include', { credentials: 'include' }, true],
    ['with credentials omit', { credentials: 'omit', useSessionCookies: true }, false],
  ])('%s', async (_name, options, uses) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    await cookies().set({ url: origin.url, name: 'mine', value: '1', sameSite: 'strict' });
    const get = async (path: string, more = {}) =>
      (await answer(net.request({ url: origin.url + path, session: environment.session, ...options, ...more }))).text;
    await get('/cookies/set?theirs=2');
    expect(await get('/cookies')).toEqual(uses ? expect.stringContaining('mine') : expect.not.stringContaining('mine'));
    expect((await cookies().get({ name: 'theirs' })).length).toBe(uses ? 1 : 0);
    const own = await get('/cookies', { headers: { cookie: 'own=3' } });
    expect(own).toContain('own');
    expect(own).not.toContain('mine');
  });

  test('send cookies of each sameSite', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', host: '127.0.0.3' });
    for (const sameSite of ['unspecified', 'no_restriction', 'lax', 'strict'] as const) {
      await cookies().set({ url: origin.url, name: sameSite, value: '1', sameSite });
    }
    const request = net.request({
      url: `${origin.url}/cookies`,
      session: environment.session,
      useSessionCookies: true,
    });
    const { text } = await answer(request);
    for (const sent of ['unspecified', 'no_restriction', 'lax', 'strict']) expect(text).toContain(sent);
  });

  test('by fetch have them where credentials are included', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    await cookies().set({ url: origin.url, name: 'mine', value: '1' });
    const get = async (credentials: 'include' | 'omit') =>
      (await environment.session.fetch(`${origin.url}/cookies`, { credentials })).text();
    expect(await get('include')).toContain('mine');
    expect(await get('omit')).not.toContain('mine');
  });

  test('that are redirected have those of each host', async () => {
    const [one, other] = await Promise.all([
      environment.lab.origin({ protocol: 'http' }),
      environment.lab.origin({ protocol: 'http', host: '127.0.0.2' }),
    ]);
    await cookies().set({ url: one.url, name: 'one', value: '1' });
    await cookies().set({ url: other.url, name: 'other', value: '2' });
    const target = `${one.url}/redirect?to=${encodeURIComponent(`${other.url}/cookies`)}`;
    const { text } = await answer(net.request({ url: target, session: environment.session, useSessionCookies: true }));
    expect(text).toContain('other');
    expect(text).not.toContain('one');
  });
});
