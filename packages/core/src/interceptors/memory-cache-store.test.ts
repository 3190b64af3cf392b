import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type MemoryCacheLimits, MemoryCacheStore } from './memory-cache-store.js';

const limits: MemoryCacheLimits = { maxEntries: 10, maxBytes: 1000, maxEntryBytes: 500 };

function keyOf(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return { origin: 'http://a.test', method, path, headers };
}

function responseOf(extra: object = {}) {
  const now = Date.now();
  const head = { statusCode: 200, statusMessage: 'OK', headers: {} };
  return { ...head, cachedAt: now, staleAt: now + 1000, deleteAt: now + 2000, ...extra };
}

async function put(
  store: MemoryCacheStore,
  key: ReturnType<typeof keyOf>,
  body: string,
  extra?: object,
): Promise<void> {
  const stream = store.createWriteStream(key, responseOf(extra));
  const closed = once(stream, 'close');
  stream.end(body);
  await closed;
}

const bodyOf = (store: MemoryCacheStore, key: ReturnType<typeof keyOf>) =>
  store.get(key) && Buffer.concat(store.get(key)?.body as unknown as Buffer[]).toString();

test('gives what was put in, by method, URL and the fields of Vary', async () => {
  const store = new MemoryCacheStore(limits);
  await put(store, keyOf('/', { accept: 'a' }), 'for a', { vary: { accept: 'a' }, etag: '"1"' });
  await put(store, keyOf('/', { accept: 'b' }), 'for b', { vary: { accept: 'b' } });
  await put(store, keyOf('/', {}), 'for none', { vary: { accept: null } });
  expect(bodyOf(store, keyOf('/', { accept: 'a', other: 'x' }))).toBe('for a');
  expect(bodyOf(store, keyOf('/', { accept: 'b' }))).toBe('for b');
  expect(bodyOf(store, keyOf('/'))).toBe('for none');
  expect(bodyOf(store, keyOf('/', { accept: 'c' }))).toBeUndefined();
  expect(bodyOf(store, keyOf('/', {}, 'HEAD'))).toBeUndefined();
  expect(bodyOf(store, keyOf('/x'))).toBeUndefined();
  expect(store.get(keyOf('/', { accept: 'a' }))).toMatchObject({ statusCode: 200, etag: '"1"' });
});

test('replaces, deletes, and does not give what has expired unless asked to', async () => {
  const store = new MemoryCacheStore(limits);
  await put(store, keyOf('/'), 'old');
  await put(store, keyOf('/'), 'new');
  expect([bodyOf(store, keyOf('/')), store.size]).toEqual(['new', 3]);
  store.delete(keyOf('/', {}, 'POST'));
  expect([bodyOf(store, keyOf('/')), store.size]).toEqual([undefined, 0]);
  await put(store, keyOf('/'), 'short');
  vi.useFakeTimers({ now: Date.now() + 3000, toFake: ['Date'] });
  expect(bodyOf(store, keyOf('/'))).toBeUndefined();
  expect(store.peek(keyOf('/'))).toMatchObject({ statusCode: 200 });
  vi.useRealTimers();
});

test('knows what it has, and drops all of it or that of some origins', async () => {
  const store = new MemoryCacheStore();
  const other = { ...keyOf('/'), origin: 'http://b.test' };
  for (const key of [keyOf('/'), keyOf('/x'), other]) await put(store, key, 'text');
  expect([store.has(keyOf('/x')), store.has(keyOf('/y')), store.size]).toEqual([true, false, 12]);
  store.clear((origin) => origin === 'http://a.test');
  expect([store.has(keyOf('/x')), store.has(other), store.size]).toEqual([false, true, 4]);
  store.clear();
  expect([store.has(other), store.size]).toEqual([false, 0]);
});

describe('limits', () => {
  test('of an entry', async () => {
    const store = new MemoryCacheStore(limits);
    await put(store, keyOf('/'), 'x'.repeat(500));
    await put(store, keyOf('/more'), 'x'.repeat(501));
    expect([bodyOf(store, keyOf('/'))?.length, bodyOf(store, keyOf('/more'))]).toEqual([500, undefined]);
  });

  test('an aborted body is not kept', async () => {
    const store = new MemoryCacheStore(limits);
    const stream = store.createWriteStream(keyOf('/'), responseOf());
    stream.write('half');
    stream.destroy();
    await once(stream, 'close');
    expect(store.get(keyOf('/'))).toBeUndefined();
  });

  test('what was asked for longest ago goes first', async () => {
    const store = new MemoryCacheStore({ ...limits, maxEntries: 2 });
    await put(store, keyOf('/1'), '1');
    await put(store, keyOf('/2'), '2');
    store.get(keyOf('/1'));
    await put(store, keyOf('/3'), '3');
    expect(['/1', '/2', '/3'].map((path) => bodyOf(store, keyOf(path)))).toEqual(['1', undefined, '3']);
  });

  test('headers count as well', async () => {
    const store = new MemoryCacheStore(limits);
    await put(store, keyOf('/'), '', { headers: { name: 'x'.repeat(600) } });
    expect(store.get(keyOf('/'))).toBeUndefined();
  });

  test('hold whatever is put in', async () => {
    const entry = fc.tuple(fc.nat(8), fc.constantFrom('a', 'b', 'c'), fc.nat(600));
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 40 }),
        fc.nat(6),
        fc.nat(1500),
        async (entries, maxEntries, maxBytes) => {
          const store = new MemoryCacheStore({ maxEntries, maxBytes, maxEntryBytes: 500 });
          for (const [url, accept, size] of entries) {
            await put(store, keyOf(`/${url}`, { accept }), 'x'.repeat(size), { vary: { accept } });
            expect(store.size).toBeLessThanOrEqual(maxBytes);
          }
          const keys = Array.from({ length: 9 }, (_, url) =>
            ['a', 'b', 'c'].map((accept) => keyOf(`/${url}`, { accept })),
          ).flat();
          const kept = keys.map((key) => bodyOf(store, key)).filter((body) => body !== undefined);
          expect(kept.length).toBeLessThanOrEqual(maxEntries);
          expect(kept.join('').length).toBe(store.size);
        },
      ),
      { numRuns: 50 },
    );
  });
});
