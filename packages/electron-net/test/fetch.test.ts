import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { basicAuth } from '@netloom/lab';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { app, net } from '../src/index.js';
import { useLab } from './support/lab.js';

const environment = useLab();
const http = (options = {}) => environment.lab.origin({ protocol: 'http', ...options });
const fetch: typeof net.fetch = (...given) => environment.session.fetch(...given);

describe('a response', () => {
  test('has status, fields, body and the URL it came from', async () => {
    const origin = await http();
    const response = await fetch(`${origin.url}/redirect?to=/compressed/gzip#part`);
    expect(response).toMatchObject({ status: 200, statusText: 'OK', redirected: true });
    expect(response.url).toBe(`${origin.url}/compressed/gzip`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toMatch(/^\w/);
  });

  test.each([
    ['HEAD', '/echo', 200],
    ['GET', '/status/204', 204],
    ['GET', '/status/304', 304],
  ])('to %s %s has no body', async (method, path, status) => {
    const response = await fetch((await http()).url + path, { method });
    expect([response.status, response.body]).toEqual([status, null]);
  });

  test.each([
    ['999 Odd', 999, 'Odd'],
    ['600 ', 600, ''],
    ['200 中', 200, Buffer.from('中').toString('latin1')],
  ])('may have the status line %s', async (line, status, statusText) => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nok`));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    expect([response.status, response.ok, response.statusText]).toEqual([status, status === 200, statusText]);
    expect(await response.text()).toBe('ok');
  });

  test('comes through the default session by net.fetch', async () => {
    expect(await (await net.fetch((await http()).url)).text()).toBe('ok');
  });
});

describe('a body', () => {
  test.each<[string, () => NonNullable<RequestInit['body']>, number]>([
    ['a text', () => 'some text', 9],
    ['bytes', () => new Uint8Array(100_000), 100_000],
    ['a Blob', () => new Blob(['some ', 'text']), 9],
    ['parameters', () => new URLSearchParams({ a: 'b' }), 3],
    ['a stream', () => Readable.toWeb(Readable.from([Buffer.from('some '), Buffer.from('text')])) as never, 9],
  ])('may be %s', async (_name, body, bytes) => {
    const response = await fetch(`${(await http()).url}/echo`, { method: 'POST', body: body() });
    expect(await response.json()).toMatchObject({ method: 'POST', bytes });
  });

  test('comes along with a Request', async () => {
    const request = new Request(`${(await http()).url}/echo`, { method: 'PUT', body: 'text', headers: { 'x-a': 'b' } });
    const echo = (await (await fetch(request)).json()) as { method: string; headers: string[] };
    expect(echo.method).toBe('PUT');
    expect(echo.headers.join()).toContain('x-a,b');
  });
});

describe('failures reject', () => {
  test.each([
    ['no such name', 'http://nobody.invalid/', {}, 'net::ERR_NAME_NOT_RESOLVED'],
    ['a scheme that is not known', 'data:,text', {}, 'net::ERR_UNKNOWN_URL_SCHEME'],
    ['a file that is not there', 'file:///no/such/file', {}, 'net::ERR_FILE_NOT_FOUND'],
  ])('%s', async (_name, url, init, message) => {
    await expect(fetch(url, init)).rejects.toThrow(new Error(message));
  });

  test.each([
    ['/redirect?to=/echo', { redirect: 'error' as const }, "Attempted to redirect, but redirect policy was 'error'"],
    ['/redirect?to=file:///etc/hosts', {}, 'net::ERR_UNSAFE_REDIRECT'],
    ['/redirect?to=data:,text', {}, 'net::ERR_UNSAFE_REDIRECT'],
    ['/loop', {}, 'net::ERR_TOO_MANY_REDIRECTS'],
  ])('%s', async (path, init, message) => {
    await expect(fetch((await http()).url + path, init)).rejects.toThrow(message);
  });

  test('a body that breaks off', async () => {
    const response = await fetch(`${(await http({ fault: { kind: 'truncated-chunks' } })).url}/echo`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('net::ERR_INCOMPLETE_CHUNKED_ENCODING');
  });

  test('an abort before, while it waits, and while the body is read', async () => {
    const origin = await http();
    const reason = new Error('enough');
    await expect(fetch(origin.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const waiting = new AbortController();
    const hanging = fetch(`${origin.url}/hang`, { signal: waiting.signal });
    const expected = expect(hanging).rejects.toBe(reason);
    await origin.until(({ stats }) => stats.requests === 1);
    waiting.abort(reason);
    await expected;
    const reading = new AbortController();
    const response = await fetch(`${origin.url}/big?bytes=10000000`, { signal: reading.signal });
    reading.abort(reason);
    await expect(response.text()).rejects.toThrow('enough');
    await origin.until(({ stats }) => stats.openConnections === 0);
  });
});

describe('a stream that is uploaded is given back', () => {
  const upload = (signal: AbortSignal) => {
    const cancelled = vi.fn<(reason: unknown) => void>();
    const body = new ReadableStream({ pull: () => new Promise<void>(() => undefined), cancel: cancelled });
    return { cancelled, init: { method: 'POST', body, signal } };
  };
  const reason = new Error('enough');

  test('when the request is aborted meanwhile', async () => {
    const abort = new AbortController();
    const { cancelled, init } = upload(abort.signal);
    const refused = expect(fetch((await http()).url, init)).rejects.toBe(reason);
    abort.abort(reason);
    await refused;
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledExactlyOnceWith(reason));
  });

  test('when it had been aborted before', async () => {
    const { cancelled, init } = upload(AbortSignal.abort(reason));
    await expect(fetch((await http()).url, init)).rejects.toBe(reason);
    expect(cancelled).toHaveBeenCalledExactlyOnceWith(reason);
  });
});

test('null is as good as no options', async () => {
  expect((await fetch((await http()).url, null as never)).status).toBe(200);
});

test('a file can be fetched', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netloom-fetch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'file.txt');
  await writeFile(path, 'text');
  const response = await fetch(pathToFileURL(path).href);
  expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([200, 'text', '4']);
  expect(response.headers.get('content-type')).toBe('text/plain');
});

describe('login', () => {
  test('is an event of the session, once for parallel requests', async () => {
    const origin = await http({ auth: { schemes: [basicAuth()] } });
    const asked = vi.fn((_info, callback) => setImmediate(callback, 'alice', 'wonderland'));
    environment.session.on('login', asked);
    const responses = await Promise.all([1, 2, 3].map(() => fetch(`${origin.url}/echo`)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['answers where it prevents the default', true, 200],
    ['looks on otherwise', false, 401],
  ])('a listener of the app %s', async (_name, prevents, status) => {
    const origin = await http({ auth: { schemes: [basicAuth()] } });
    app.once('login', (event, webContents, details, info, callback) => {
      expect(webContents).toBeNull();
      expect(details).toMatchObject({ url: `${origin.url}/echo`, pid: process.pid, firstAuthAttempt: true });
      expect(info).toMatchObject({ isProxy: false, scheme: 'basic', realm: 'lab' });
      if (!prevents) return;
      event.preventDefault();
      callback('alice', 'wonderland');
    });
    expect((await fetch(`${origin.url}/echo`)).status).toBe(status);
  });
});
