import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { net, type ProtocolResponse, protocol, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
const fetch: typeof net.fetch = (...given) => environment.session.fetch(...given);
const http = () => environment.lab.origin({ protocol: 'http' });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-protocol-'));
  await writeFile(join(folder, 'index.html'), '<p>index</p>');
  await writeFile(join(folder, 'digits.txt'), '0123456789');
  await writeFile(join(folder, 'empty'), '');
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'sub', 'ä b.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a handler', () => {
  test('answers a scheme of its own', async () => {
    environment.session.protocol.handle('mine', async (request) => {
      const text = `${request.method} ${request.url} ${request.headers.get('x-a')} ${await request.text()}`;
      return new Response(text, { status: 201, statusText: 'Made', headers: { 'X-B': '1' } });
    });
    const response = await fetch('mine://Host/path?q', { method: 'POST', headers: { 'x-a': 'b' }, body: 'some text' });
    expect(response).toMatchObject({ status: 201, statusText: 'Made', url: 'mine://Host/path?q', redirected: false });
    expect(response.headers.get('x-b')).toBe('1');
    expect(await response.text()).toBe('POST mine://Host/path?q b some text');
  });

  test.each(['mine:path', 'mine://host', 'mine:///path', 'mine://host/a b?c#d'])('is asked for %s', async (url) => {
    environment.session.protocol.handle('mine', (request) => new Response(request.url));
    expect(await (await fetch(url)).text()).toBe(new URL(url).href.split('#')[0]);
  });

  test('has no body to give for HEAD', async () => {
    environment.session.protocol.handle('mine', () => new Response('body', { headers: { 'x-a': 'b' } }));
    const response = await fetch('mine://host', { method: 'HEAD' });
    expect([response.headers.get('x-a'), response.body]).toEqual(['b', null]);
  });

  test('gives a stream, which is read as it comes', async () => {
    let gave = 0;
    const cancel = vi.fn();
    environment.session.protocol.handle('mine', () => {
      const pull = (controller: ReadableStreamDefaultController) => {
        gave += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      };
      return new Response(new ReadableStream({ pull, cancel }));
    });
    const reader = ((await fetch('mine://host')).body as ReadableStream).getReader();
    expect((await reader.read()).value).toHaveLength(64 * 1024);
    expect(gave).toBeLessThan(20);
    await reader.cancel();
    await vi.waitFor(() => expect(cancel).toHaveBeenCalled());
  });

  test.each<[string, () => Response | Promise<Response>, string]>([
    ['rejects', () => Promise.reject(new Error('x')), 'net::ERR_UNEXPECTED'],
    ['returns nothing', () => undefined as never, 'net::ERR_UNEXPECTED'],
    ['returns an error', () => Response.error(), 'net::ERR_FAILED'],
  ])('that %s fails the request', async (_what, handler, message) => {
    environment.session.protocol.handle('mine', handler);
    await expect(fetch('mine://host')).rejects.toThrow(new Error(message));
  });

  test('whose body fails, fails the body', async () => {
    environment.session.protocol.handle('mine', () => {
      const start = (controller: ReadableStreamDefaultController) => {
        controller.enqueue(Buffer.from('x'));
        setImmediate(() => controller.error(new Error('broken')));
      };
      return new Response(new ReadableStream({ start }));
    });
    const response = await fetch('mine://host');
    await expect(response.text()).rejects.toThrow('net::ERR_FAILED');
  });

  test('hears that nobody wants its answer', async () => {
    const controller = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      environment.session.protocol.handle('mine', (request) => {
        request.signal.addEventListener('abort', () => resolve());
        controller.abort(new Error('enough'));
        return new Promise(() => undefined);
      });
    });
    await expect(fetch('mine://host', { signal: controller.signal })).rejects.toThrow('enough');
    await aborted;
  });

  test('hears it while its body is read, too', async () => {
    const controller = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      environment.session.protocol.handle('mine', (request) => {
        request.signal.addEventListener('abort', () => resolve());
        return new Response(new ReadableStream());
      });
    });
    const response = await fetch('mine://host', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(response.text()).rejects.toThrow('enough');
    await aborted;
  });

  test('may answer with a status that no Response can be made with', async () => {
    environment.session.protocol.interceptStringProtocol('http', (_request, callback) =>
      callback({ data: 'x', statusCode: 999 }),
    );
    expect((await fetch('http://nobody.invalid/')).status).toBe(999);
    const sent = net.request({ url: 'http://nobody.invalid/', session: environment.session });
    expect((await answer(sent)).response.statusCode).toBe(999);
  });

  test('is of one session', async () => {
    environment.session.protocol.handle('mine', () => new Response('x'));
    await expect(session.fromPartition('another').fetch('mine://host')).rejects.toThrow('net::ERR_UNKNOWN_URL_SCHEME');
  });

  test('is passed by, and taken back', async () => {
    environment.session.protocol.handle('mine', () => new Response('x'));
    const passing = fetch('mine://host', { bypassCustomProtocolHandlers: true });
    await expect(passing).rejects.toThrow('net::ERR_UNKNOWN_URL_SCHEME');
    environment.session.protocol.unhandle('mine');
    await expect(fetch('mine://host')).rejects.toThrow('net::ERR_UNKNOWN_URL_SCHEME');
  });
});

describe('in place of http', () => {
  test('a handler forwards what it does not answer', async () => {
    const { url } = await http();
    environment.session.protocol.handle('http', (request) =>
      request.url.endsWith('/mine') ? new Response('mine') : fetch(request, { bypassCustomProtocolHandlers: true }),
    );
    expect(await (await fetch(`${url}/mine`)).text()).toBe('mine');
    const forwarded = await fetch(`${url}/echo`, { method: 'POST', body: 'some text' });
    expect(await forwarded.json()).toMatchObject({ method: 'POST', bytes: 9 });
    expect(await (await fetch(`${url}/compressed/gzip`)).text()).toMatch(/^\w/);
  });

  test('a handler answers net.request', async () => {
    environment.session.protocol.handle('http', () => new Response('mine', { headers: { 'x-a': 'b' } }));
    const sent = net.request({ url: 'http://nobody.invalid/', session: environment.session });
    const { response, text } = await answer(sent);
    expect([response.statusCode, response.headers['x-a'], text]).toEqual([200, 'b', 'mine']);
    const passing = net.request({
      url: 'http://nobody.invalid/',
      session: environment.session,
      bypassCustomProtocolHandlers: true,
    });
    const [error] = await once(passing.end(), 'error');
    expect((error as Error).message).toBe('net::ERR_NAME_NOT_RESOLVED');
  });

  test('webRequest sees the fields', async () => {
    environment.session.protocol.handle('http', (request) => new Response(request.headers.get('x-made')));
    environment.session.webRequest.onBeforeSendHeaders((_details, callback) =>
      callback({ requestHeaders: { 'x-made': '1' } }),
    );
    environment.session.webRequest.onHeadersReceived((_details, callback) =>
      callback({ responseHeaders: { 'x-back': '2' }, statusLine: 'HTTP/1.1 203 Changed' }),
    );
    const completed = vi.fn();
    environment.session.webRequest.onCompleted(completed);
    const response = await fetch('http://nobody.invalid/');
    expect([response.status, response.headers.get('x-back'), await response.text()]).toEqual([203, '2', '1']);
    expect(completed).toHaveBeenCalledWith(expect.objectContaining({ fromCache: false, statusCode: 203 }));
  });
});

describe('a redirect', () => {
  const redirecting = (location: string) => () => new Response(null, { status: 302, headers: { location } });

  test.each([
    ['http', 'http://nobody.invalid/', 'mine://host/there'],
    ['file', 'file:///from', 'mine://host/there'],
    ['mine', 'mine://host/from', '/there'],
  ])('of a handler of %s leads to a scheme of its own', async (scheme, url, location) => {
    environment.session.protocol.handle('mine', (request) =>
      request.url.endsWith('/from') ? redirecting(location)() : new Response(request.url),
    );
    if (scheme !== 'mine') environment.session.protocol.handle(scheme, redirecting(location));
    const response = await fetch(url);
    expect([response.redirected, response.url]).toEqual([true, 'mine://host/there']);
    expect(await response.text()).toBe('mine://host/there');
  });

  test('of a handler leads from file to file', async () => {
    const there = pathToFileURL(join(folder, 'digits.txt')).href;
    environment.session.protocol.handle('file', (request) =>
      request.url.endsWith('/from') ? redirecting(there)() : fetch(request, { bypassCustomProtocolHandlers: true }),
    );
    expect(await (await fetch('file:///from')).text()).toBe('0123456789');
  });

  test('of a handler leads to the network, with net.request too', async () => {
    const { url } = await http();
    environment.session.protocol.handle('http', (request) =>
      request.url.startsWith('http://nobody')
        ? redirecting(`${url}/echo`)()
        : fetch(request, { bypassCustomProtocolHandlers: true }),
    );
    const sent = net.request({ url: 'http://nobody.invalid/', session: environment.session });
    expect((await answer(sent)).response.statusCode).toBe(200);
  });

  test.each([
    ['mine://host/', 'net::ERR_UNKNOWN_URL_SCHEME'],
    ['file:///etc/hosts', 'net::ERR_UNSAFE_REDIRECT'],
  ])('of a server to %s is not followed', async (to, message) => {
    const { url } = await http();
    const handler = vi.fn(() => new Response('x'));
    environment.session.protocol.handle('mine', handler);
    environment.session.protocol.handle('file', handler);
    await expect(fetch(`${url}/redirect?to=${to}`)).rejects.toThrow(message);
    // Not even where somebody looks at its fields.
    environment.session.webRequest.onHeadersReceived(({ responseHeaders = {} }, callback) =>
      callback({ responseHeaders }),
    );
    await expect(fetch(`${url}/redirect?to=${to}`)).rejects.toThrow(message);
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('a response that a handler passes on', () => {
  test.each([
    ['mine://host/', 'net::ERR_UNKNOWN_URL_SCHEME'],
    ['file:///etc/hosts', 'net::ERR_UNSAFE_REDIRECT'],
  ])('leads nobody to %s', async (to, message) => {
    const { url } = await http();
    const handler = vi.fn(() => new Response('x'));
    environment.session.protocol.handle('mine', handler);
    environment.session.protocol.handle('file', handler);
    environment.session.protocol.handle('http', ({ url }) => globalThis.fetch(url, { redirect: 'manual' }));
    await expect(fetch(`${url}/redirect?to=${to}`)).rejects.toThrow(message);
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('handlers that call back', () => {
  test.each<[string, (callback: (response: never) => void) => void, number, string | null, string]>([
    ['Buffer', (callback) => callback(Buffer.from('x') as never), 200, 'text/html', 'x'],
    [
      'Buffer',
      (callback) => callback({ data: Buffer.from('x'), mimeType: 'text/plain' } as never),
      200,
      'text/plain',
      'x',
    ],
    ['String', (callback) => callback('ü' as never), 200, 'text/html; charset=utf-8', 'ü'],
    [
      'String',
      (callback) => callback({ data: '', statusCode: 404, headers: { 'Content-Type': 'a/b' } } as never),
      404,
      'a/b',
      '',
    ],
    ['Stream', (callback) => callback(Readable.from(['x', 'y']) as never), 200, 'text/html', 'xy'],
    [
      'Stream',
      (callback) => callback({ data: Readable.from([Buffer.from('x')]), statusCode: 201 } as never),
      201,
      'text/html',
      'x',
    ],
    ['Stream', (callback) => callback({ data: null } as never), 200, 'text/html', ''],
    ['File', (callback) => callback(join(folder, 'digits.txt') as never), 200, 'text/plain', '0123456789'],
    [
      'File',
      (callback) => callback({ path: join(folder, 'digits.txt'), headers: { 'x-a': 'b' } } as never),
      200,
      'text/plain',
      '0123456789',
    ],
  ])('answer with a %s', async (kind, handler, status, type, text) => {
    const register = `register${kind}Protocol` as 'registerBufferProtocol';
    const done = environment.session.protocol[register]('mine', (_request, callback) => handler(callback));
    expect(done).toBe(true);
    const response = await fetch('mine://host');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      type,
      text,
    ]);
  });

  test.each([101, 0, 1000, 200.5, Number.NaN])('cannot answer with the status %s', async (statusCode) => {
    environment.session.protocol.registerStringProtocol('mine', (_request, callback) =>
      callback({ data: 'x', statusCode }),
    );
    await expect(fetch('mine://host')).rejects.toThrow('net::ERR_UNEXPECTED');
  });

  test('have the fields left out that no message can hold', async () => {
    const headers = { 'a b': '1', 'x-b': 'c\r\nd: e', 'x-c': ['1', '2'] };
    environment.session.protocol.registerStringProtocol('mine', (_request, callback) =>
      callback({ data: 'x', headers }),
    );
    const response = await fetch('mine://host');
    expect([...response.headers.keys()]).toEqual(['content-type', 'x-c']);
  });

  test('may give a stream that is over already, or a file that is not there', async () => {
    const over = Readable.from(['x']).resume();
    await once(over, 'close');
    const streams = [over, createReadStream(join(folder, 'nothing')), createReadStream(join(folder, 'nothing'))];
    environment.session.protocol.registerStreamProtocol('mine', (_request, callback) =>
      callback(streams.shift() as Readable),
    );
    await expect(fetch('mine://host').then((response) => response.text())).rejects.toThrow('net::ERR_FAILED');
    // Nobody reads this one, and so nobody hears that it cannot be opened.
    expect((await fetch('mine://host', { method: 'HEAD' })).status).toBe(200);
    await expect(fetch('mine://host').then((response) => response.text())).rejects.toThrow('net::ERR_FAILED');
  });

  test('pass on to another URL a body that comes in pieces', async () => {
    const { url } = await http();
    environment.session.protocol.interceptHttpProtocol('http', (_request, callback) =>
      callback({ url: `${url}/echo` }),
    );
    const sent = net.request({ method: 'POST', url: 'http://nobody.invalid/', session: environment.session });
    sent.chunkedEncoding = true;
    sent.write('some ');
    expect(JSON.parse((await answer(sent, 'text')).text)).toMatchObject({ method: 'POST', bytes: 9 });
  });

  test('need not read a body', async () => {
    environment.session.protocol.handle('http', () => new Response('x'));
    const sent = net.request({ method: 'POST', url: 'http://nobody.invalid/', session: environment.session });
    sent.chunkedEncoding = true;
    for (let i = 0; i < 5; i++) sent.write(Buffer.alloc(100_000));
    const closing = once(sent, 'close');
    expect((await answer(sent, 'text')).text).toBe('x');
    await closing;
  });

  test('ask another URL', async () => {
    const { url } = await http();
    environment.session.protocol.registerHttpProtocol('mine', (request, callback) =>
      callback({
        url: `${url}/echo`,
        method: request.method,
        uploadData: { contentType: 'a/b', data: `${request.uploadData?.[0]?.bytes} more` },
      }),
    );
    const response = await fetch('mine://host', { method: 'POST', body: 'some' });
    const echoed = (await response.json()) as { headers: string[] };
    expect(echoed).toMatchObject({ method: 'POST', bytes: 9 });
    expect(echoed.headers.join()).toContain('a/b');
  });

  test('get the request', async () => {
    const seen = vi.fn();
    environment.session.protocol.interceptStringProtocol('https', (request, callback) => {
      seen(request);
      callback('x');
    });
    const headers = { 'X-A': 'b', referer: 'https://page.test/' };
    await (await fetch('https://nobody.invalid/', { method: 'POST', body: 'some', headers })).text();
    expect(seen).toHaveBeenCalledWith({
      url: 'https://nobody.invalid/',
      method: 'POST',
      referrer: 'https://page.test/',
      headers: expect.objectContaining({ 'x-a': 'b' }),
      uploadData: [{ bytes: Buffer.from('some') }],
    });
    expect(environment.session.protocol.isProtocolIntercepted('https')).toBe(true);
    expect(environment.session.protocol.uninterceptProtocol('https')).toBe(true);
    expect(environment.session.protocol.uninterceptProtocol('https')).toBe(false);
  });

  test.each<[unknown, string]>([
    [{ error: -6 }, 'net::ERR_FILE_NOT_FOUND'],
    [-3, 'net::ERR_ABORTED'],
    [{ error: -99_999 }, 'net::ERR_FAILED'],
    [undefined, 'net::ERR_NOT_IMPLEMENTED'],
    [{ data: 5 }, 'net::ERR_NOT_IMPLEMENTED'],
  ])('fail the request with %j', async (response, message) => {
    environment.session.protocol.registerStringProtocol('mine', (_request, callback) =>
      callback(response as ProtocolResponse),
    );
    await expect(fetch('mine://host')).rejects.toThrow(new Error(message));
  });
});

describe('a source', () => {
  const serve = (routes: object[]) => environment.session.protocol.registerSource('mine', { routes } as never);
  const directory = (more = {}) => ({ type: 'directory', root: folder, ...more });

  test.each([
    ['mine://host/', 'text/html', '<p>index</p>'],
    ['mine://host/digits.txt?q#f', 'text/plain', '0123456789'],
    ['mine://host/sub/%C3%A4%20b.json', 'application/json', '{}'],
    ['mine://host/empty', null, ''],
  ])('serves %s', async (url, type, text) => {
    serve([{ source: directory({ headers: { 'X-A': 'b', 'Content-Length': '5' } }) }]);
    const response = await fetch(url);
    expect([response.headers.get('content-type'), response.headers.get('x-a'), await response.text()]).toEqual([
      type,
      'b',
      text,
    ]);
    expect(response.headers.get('content-length')).toBe(String(text.length));
  });

  test.each([
    ['GET', 'mine://host/../../etc/hosts'],
    ['GET', 'mine://host/..%2f..%2fetc/hosts'],
    ['GET', 'mine://host/%2e%2e%2f%2e%2e%2fetc%2fhosts'],
    ['GET', 'mine://host/..%5c..%5cetc'],
    ['GET', 'mine://host/digits.txt%00.html'],
    ['GET', 'mine://host/%zz'],
    ['GET', 'mine://host/sub'],
    ['GET', 'mine://host/sub/'],
    ['GET', 'mine://host/nothing'],
    ['POST', 'mine://host/digits.txt'],
  ])('%s %s is not found', async (method, url) => {
    serve([{ source: directory() }]);
    await expect(fetch(url, { method })).rejects.toThrow(new Error('net::ERR_FILE_NOT_FOUND'));
  });

  test('goes by host, then by the longest path', async () => {
    serve([
      { match: { path: '/sub/' }, source: directory({ root: join(folder, 'sub'), headers: { route: 'long' } }) },
      { source: directory({ headers: { route: 'any' } }) },
      { match: { host: 'HOST' }, source: directory({ headers: { route: 'host' } }) },
      { match: { path: '/n', host: 'other' }, source: directory({ index: '' }) },
    ]);
    const route = async (url: string) => (await fetch(url)).headers.get('route');
    expect(await route('mine://host/sub/%C3%A4%20b.json')).toBe('host');
    expect(await route('mine://x/sub/%C3%A4%20b.json')).toBe('long');
    expect(await route('mine://x/digits.txt')).toBe('any');
  });

  test.each([
    [{}, /`routes`/],
    [{ routes: [{ source: { type: 'file', root: '/' } }] }, /`source.type`/],
    [{ routes: [{ source: { type: 'directory', root: 'x' } }] }, /`source.root`/],
    [{ routes: [{ match: { path: 'x' }, source: { type: 'directory', root: '/' } }] }, /`match.path`/],
    [{ routes: [{ match: { host: 'a b' }, source: { type: 'directory', root: '/' } }] }, /`match.host`/],
  ])('%j is refused', (source, message) => {
    expect(() => environment.session.protocol.registerSource('mine', source as never)).toThrow(message);
  });

  test('is told of, and taken back', () => {
    const source = { routes: [{ source: directory() }] };
    environment.session.protocol.registerSource('mine', source);
    expect(environment.session.protocol.getSource('mine')).toBe(source);
    expect(environment.session.protocol.isProtocolHandled('mine')).toBe(true);
    environment.session.protocol.unhandle('mine');
    expect(environment.session.protocol.getSource('mine')).toBeNull();
  });
});

describe('a file', () => {
  const url = () => pathToFileURL(join(folder, 'digits.txt')).href;

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=1-2,4-5', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('gives the range %s', async (range, status, text, content) => {
    const response = await fetch(url(), { headers: { range } });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      status,
      text,
      content,
    ]);
  });

  test.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('has no range %s', async (range) => {
    await expect(fetch(url(), { headers: { range } })).rejects.toThrow('net::ERR_REQUEST_RANGE_NOT_SATISFIABLE');
  });

  test.skipIf(process.platform === 'win32')('has to be one', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['pipe', 'sub', 'sub/']) {
      await expect(fetch(pathToFileURL(join(folder, name)).href)).rejects.toThrow('net::ERR_FILE_NOT_FOUND');
    }
  });

  test.skipIf(process.platform === 'win32')('of another machine is not found, but by Windows', async () => {
    await expect(fetch('file://host/x')).rejects.toThrow('net::ERR_FILE_NOT_FOUND');
  });
});

describe('the module', () => {
  test('is for the default session', async () => {
    protocol.handle('module-test', () => new Response('x'));
    expect(session.defaultSession.protocol.isProtocolHandled('module-test')).toBe(true);
    expect(await (await net.fetch('module-test://host')).text()).toBe('x');
    protocol.unhandle('module-test');
    expect(protocol.isProtocolHandled('module-test')).toBe(false);
  });

  test('refuses privileges when the app is ready', () => {
    expect(() => protocol.registerSchemesAsPrivileged([{ scheme: 'mine' }])).toThrow(
      'protocol.registerSchemesAsPrivileged should be called before app is ready',
    );
  });
});

describe('wrong arguments', () => {
  test('are named', () => {
    const { protocol } = environment.session;
    const handler = () => new Response('x');
    expect(() => protocol.handle('Mine', handler)).toThrow(/`scheme` should be a scheme in lower case.*got "Mine"/);
    expect(() => protocol.handle(5 as never, handler)).toThrow(/got number/);
    expect(() => protocol.handle('mine', 'x' as never)).toThrow(/`handler` should be a function; got string/);
    expect(() => protocol.registerStringProtocol('mine', undefined as never)).toThrow(/`handler`/);
    expect(() => protocol.unhandle('mine')).toThrow(new Error('Failed to unhandle protocol: mine'));
    protocol.handle('mine', handler);
    expect(() => protocol.handle('mine', handler)).toThrow(new Error('Failed to register protocol: mine'));
    expect(protocol.registerStringProtocol('mine', () => undefined)).toBe(false);
    expect(protocol.registerStringProtocol('http', () => undefined)).toBe(false);
    expect(protocol.unregisterProtocol('mine')).toBe(true);
    expect(protocol.isProtocolRegistered('mine')).toBe(false);
  });
});
