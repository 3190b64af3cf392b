import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type ClearDataOptions, type ClearStorageDataOptions, SessionData } from './session-data.js';

/** Data of some hosts: a cookie and a cached response for each, and a cookie of the domain. */
async function filled(): Promise<SessionData> {
  const data = new SessionData(null);
  for (const host of ['a.example.co.uk', 'b.example.co.uk', 'other.test']) {
    await data.cookies.set({ url: `https://${host}/`, name: host });
    const key = { origin: `https://${host}`, method: 'GET', path: '/' };
    const now = Date.now();
    const response = { statusCode: 200, statusMessage: 'OK', headers: {}, cachedAt: now };
    const stream = data.httpCache.createWriteStream(key, { ...response, staleAt: now + 1e5, deleteAt: now + 1e5 });
    await once(stream.end('text'), 'close');
  }
  await data.cookies.set({ url: 'https://a.example.co.uk/', name: 'domain', domain: 'example.co.uk' });
  return data;
}

const left = async ({ cookies, httpCache }: SessionData) => ({
  cookies: (await cookies.get({})).map(({ name }) => name),
  responses: httpCache.size / 4,
});
const everyCookie = ['a.example.co.uk', 'b.example.co.uk', 'other.test', 'domain'];

describe('clearStorageData', () => {
  test.each<[ClearStorageDataOptions | undefined, string[]]>([
    [undefined, []],
    [null as never, []],
    [{}, []],
    [{ storages: ['cookies', 'localstorage'] }, []],
    [{ storages: ['localstorage'] }, everyCookie],
    [{ origin: 'https://a.example.co.uk' }, everyCookie.slice(1)],
    [{ origin: 'https://example.co.uk' }, everyCookie],
  ])('%j leaves the cookies %j, and all responses', async (options, cookies) => {
    const data = await filled();
    data.clearStorageData(options);
    expect(await left(data)).toEqual({ cookies, responses: 3 });
  });

  test('refuses an origin that is none', () => {
    expect(() => new SessionData(null).clearStorageData({ origin: 'example' })).toThrow("Invalid origin: 'example'");
  });

  test('refuses storages that are no list', () => {
    const options = { storages: 'cookies' as never };
    expect(() => new SessionData(null).clearStorageData(options)).toThrow('`storages` should be an array');
  });
});

describe('clearData', () => {
  const one = ['https://a.example.co.uk'];
  test.each<[ClearDataOptions | undefined, string[], number]>([
    [undefined, [], 0],
    [null as never, [], 0],
    [{ dataTypes: ['cookies'] }, [], 3],
    [{ dataTypes: ['cache'] }, everyCookie, 0],
    [{ dataTypes: ['indexedDB'] }, everyCookie, 3],
    // Cookies go by sites, responses by origins.
    [{ origins: one }, ['other.test'], 2],
    [{ excludeOrigins: one }, everyCookie.filter((name) => name !== 'other.test'), 1],
    [{ origins: [] }, everyCookie, 3],
  ])('%j leaves the cookies %j and %d responses', async (options, cookies, responses) => {
    const data = await filled();
    await data.clearData(options);
    expect(await left(data)).toEqual({ cookies, responses });
  });

  test.each<[ClearDataOptions, string]>([
    [{ origins: one, excludeOrigins: one }, 'Cannot provide both origins and excludeOrigins'],
    [{ origins: ['example'] }, "Invalid origin: 'example'"],
    [{ origins: 'https://example.com' as never }, '`origins` should be an array'],
    [{ dataTypes: 'cookies' as never }, '`dataTypes` should be an array'],
  ])('%j is refused', async (options, message) => {
    await expect(new SessionData(null).clearData(options)).rejects.toThrow(message);
  });
});
