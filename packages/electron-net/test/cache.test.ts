import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ClientRequestConstructorOptions, net, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed, record } from './support/record.js';

type Mode = NonNullable<ClientRequestConstructorOptions['cache']>;

const environment = useLab();
/** Counts its answers, and tells how long they may be kept. */
const server = createServer((request, response) => {
  seen.push(request.headers['cache-control'] ?? '');
  const etag = `"${request.url}"`;
  const headers = { etag, 'cache-control': request.url === '/stale' ? 'max-age=60, stale-if-error=0' : 'max-age=60' };
  const isKnown = request.headers['if-none-match'] === etag;
  // Said to be old already, so that it is stale at once and can still be validated.
  const age = request.url === '/stale' ? { age: '100' } : undefined;
  response.writeHead(isKnown ? 304 : 200, { ...headers, ...age }).end(isKnown ? undefined : String(seen.length));
});
let seen: string[] = [];
let url: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const request = (options: ClientRequestConstructorOptions = {}, path = '/fresh') =>
  net.request({ url: url + path, session: environment.session, ...options });
const get = async (cache: Mode = 'default') => (await answer(request({ cache }))).text;
const fetch = async (cache: Mode) =>
  (await environment.session.fetch(`${url}/fresh`, { cache, mode: 'same-origin', headers: { origin: url } })).text();

describe.each([
  ['net.request', get],
  ['fetch', fetch],
])('%s', (_name, send) => {
  test.each<[Mode, string, string[]]>([
    ['default', '1', ['']],
    ['force-cache', '1', ['']],
    ['only-if-cached', '1', ['']],
    ['no-cache', '1', ['', 'max-age=0']],
    ['reload', '2', ['', 'no-cache']],
    ['no-store', '2', ['', 'no-cache']],
  ])('in mode %s gives answer %s, when the server was asked %j', async (mode, body, asked) => {
    expect(await send('default')).toBe('1');
    expect([await send(mode), seen]).toEqual([body, asked]);
  });

  test('in mode reload gives later requests the new answer, in mode no-store it does not', async () => {
    await send('default');
    await send('reload');
    expect(await send('default')).toBe('2');
    await send('no-store');
    expect(await send('default')).toBe('2');
  });
});

test('a request for what is kept alone fails when nothing is', async () => {
  const events = record(request({ cache: 'only-if-cached' }).end());
  const failing = request({ cache: 'only-if-cached' });
  const own = record(failing);
  failing.end();
  await closed(failing);
  expect(own).toEqual(['request finish', 'request error net::ERR_CACHE_MISS', 'request close']);
  expect(events).toEqual(own);
  expect(seen).toEqual([]);
});

test('an unknown mode fails the request, and says which there are', async () => {
  const failing = request({ cache: 'never' as Mode });
  const events = record(failing);
  failing.end();
  await closed(failing);
  expect(events[1]).toMatch(/^request error cache has to be one of default, no-store/);
});

test('sessions keep apart what they have kept; what one has can be counted and cleared', async () => {
  await get();
  const other = net.request({ url: `${url}/fresh`, partition: 'another one' });
  expect((await answer(other)).text).toBe('2');
  expect(await environment.session.getCacheSize()).toBeGreaterThan(0);
  await environment.session.clearCache();
  expect(await environment.session.getCacheSize()).toBe(0);
  expect(await get()).toBe('3');
  await environment.session.clearData({ dataTypes: ['cookies'] });
  expect(await get()).toBe('3');
  await environment.session.clearData({ origins: [url] });
  expect(await get()).toBe('4');
});

test('a session that is to keep nothing does not', async () => {
  const keeping = session.fromPartition('nothing is kept', { cache: false });
  for (const expected of ['1', '2']) expect(await (await keeping.fetch(`${url}/fresh`)).text()).toBe(expected);
  expect(await keeping.getCacheSize()).toBe(0);
});

test('a response from the cache has its fields, the status, and the events of any other', async () => {
  await get();
  const again = request();
  const events = record(again, () => undefined);
  const { response, text } = await answer(again);
  await closed(again);
  expect([response.statusCode, response.httpVersion, text]).toEqual([200, '1.1', '1']);
  expect(response.headers).toMatchObject({ etag: '"/fresh"', 'cache-control': 'max-age=60' });
  expect(events.at(-1)).toBe('request close');
  expect(events).not.toContain('request error');
});
