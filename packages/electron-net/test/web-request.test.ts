import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basicAuth } from '@netloom/lab';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { WebSocket as Peer } from 'ws';
import { app, net, type Session, session, type WebRequest } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed, record } from './support/record.js';
import { useServers } from './support/web-socket.js';

const environment = useLab();
const http = (options = {}) => environment.lab.origin({ protocol: 'http', ...options });
const request = (options: Parameters<typeof net.request>[0] & object) =>
  net.request({ ...(options as object), session: environment.session });

/** An origin that tells what it was sent. */
async function echo(head: Record<string, string | string[]> = {}, status = 200, body?: Buffer) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers);
    res.writeHead(status, 'As Sent', head);
    res.end(body ?? JSON.stringify(req.headers));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

const EVENTS = [
  ...(['onBeforeRequest', 'onBeforeSendHeaders', 'onSendHeaders', 'onHeadersReceived', 'onBeforeRedirect'] as const),
  ...(['onResponseStarted', 'onCompleted', 'onErrorOccurred'] as const),
];

type Told = [name: string, details: Record<string, unknown>];

/** Notes all that is told of a session's requests, and lets them be. */
function watch({ webRequest }: Session): Told[] {
  const told: Told[] = [];
  for (const name of EVENTS) {
    const listener = (details: object, callback?: (response: object) => void) => {
      told.push([name, details as Record<string, unknown>]);
      callback?.({});
    };
    Reflect.apply(webRequest[name], webRequest, [listener]);
  }
  return told;
}

describe('a request is told of', () => {
  test('from its beginning to its end', async () => {
    const { url } = await echo({ 'X-Case': ['1', '2'] });
    const told = watch(environment.session);
    const { text } = await answer(request({ method: 'POST', url, origin: 'http://page.test/x' }), 'body');
    expect(JSON.parse(text)).toMatchObject({ 'content-length': '4' });
    const common = {
      id: expect.any(Number),
      url,
      method: 'POST',
      resourceType: 'other',
      referrer: '',
      initiatorOrigin: 'http://page.test',
      timestamp: expect.any(Number),
    };
    const requestHeaders = expect.objectContaining({ 'User-Agent': environment.session.getUserAgent() });
    const uploadData = [{ bytes: Buffer.from('body') }];
    const head = {
      statusCode: 200,
      statusLine: 'HTTP/1.1 200 As Sent',
      responseHeaders: expect.objectContaining({ 'X-Case': ['1', '2'] }),
    };
    const response = { ...head, fromCache: false };
    expect(told).toEqual([
      ['onBeforeRequest', { ...common, uploadData }],
      ['onBeforeSendHeaders', { ...common, uploadData, requestHeaders }],
      ['onSendHeaders', { ...common, requestHeaders }],
      ['onHeadersReceived', { ...common, ...head }],
      ['onResponseStarted', { ...common, ...response }],
      ['onCompleted', { ...common, ...response, error: 'net::OK' }],
    ]);
    expect(new Set(told.map(([, { id }]) => id)).size).toBe(1);
  });

  test('over redirects, under one number', async () => {
    const origin = await http();
    const told = watch(environment.session);
    await (await environment.session.fetch(`${origin.url}/redirect?to=/echo`)).text();
    const names = told.map(([name, { url }]) => `${name} ${String(url).slice(origin.url.length)}`);
    expect(names).toEqual([
      'onBeforeRequest /redirect?to=/echo',
      'onBeforeSendHeaders /redirect?to=/echo',
      'onSendHeaders /redirect?to=/echo',
      'onHeadersReceived /redirect?to=/echo',
      'onBeforeRedirect /redirect?to=/echo',
      'onBeforeRequest /echo',
      'onBeforeSendHeaders /echo',
      'onSendHeaders /echo',
      'onHeadersReceived /echo',
      'onResponseStarted /echo',
      'onCompleted /echo',
    ]);
    expect(told[4]?.[1]).toMatchObject({ statusCode: 302, redirectURL: `${origin.url}/echo`, fromCache: false });
    expect(new Set(told.map(([, { id }]) => id)).size).toBe(1);
  });

  test('when it fails', async () => {
    const told = watch(environment.session);
    await expect(environment.session.fetch('http://nobody.invalid/')).rejects.toThrow('net::ERR_NAME_NOT_RESOLVED');
    expect(told.at(-1)).toEqual([
      'onErrorOccurred',
      expect.objectContaining({ url: 'http://nobody.invalid/', error: 'net::ERR_NAME_NOT_RESOLVED', fromCache: false }),
    ]);
  });

  test.each([
    [
      'is aborted',
      (url: string, signal: AbortSignal) => environment.session.fetch(url, { signal }),
      'net::ERR_ABORTED',
    ],
    [
      'is not to be redirected',
      (url: string) => environment.session.fetch(url, { redirect: 'error' }),
      'net::ERR_ABORTED',
    ],
  ])('when it %s', async (_what, send, error) => {
    const origin = await http();
    const controller = new AbortController();
    const told = watch(environment.session);
    environment.session.webRequest.onHeadersReceived((_details, callback) => {
      callback({});
      controller.abort();
    });
    await expect(send(`${origin.url}/redirect?to=/echo`, controller.signal)).rejects.toThrow();
    await vi.waitFor(() => expect(told.at(-1)?.[0]).toBe('onErrorOccurred'));
    expect(told.at(-1)?.[1]).toMatchObject({ error });
  });

  test('when it comes from the cache', async () => {
    const { url, seen } = await echo({ 'cache-control': 'max-age=60' });
    await (await environment.session.fetch(url)).text();
    const told = watch(environment.session);
    await (await environment.session.fetch(url)).text();
    expect(seen).toHaveLength(1);
    expect(told.at(-1)).toEqual(['onCompleted', expect.objectContaining({ fromCache: true })]);
  });

  test('by what it is for', async () => {
    const { url } = await echo();
    const told = watch(environment.session);
    const headers = { 'sec-fetch-dest': 'image', referer: url };
    await answer(request({ url, headers }));
    expect(told[0]?.[1]).toMatchObject({ resourceType: 'image', referrer: url });
  });

  test('by its own session alone', async () => {
    const { url } = await echo();
    const told = watch(session.fromPartition('another one'));
    await answer(request({ url }));
    expect(told).toEqual([]);
  });

  test('until its listener is taken back', async () => {
    const { url } = await echo();
    const listener = vi.fn();
    environment.session.webRequest.onCompleted(listener);
    environment.session.webRequest.onCompleted(null);
    await answer(request({ url }));
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('onBeforeRequest', () => {
  test.each([
    ['http', 'http://nobody.invalid/'],
    ['https', 'https://nobody.invalid/'],
    ['a file', 'file:///no/such/file'],
    ['a scheme of its own', 'mine://host/path'],
    ['a scheme of its own without a host', 'mine:path'],
  ])('cancels a request to %s', async (_what, url) => {
    const handler = vi.fn(() => new Response('handled'));
    environment.session.protocol.handle('mine', handler);
    environment.session.webRequest.onBeforeRequest((_details, callback) => callback({ cancel: true }));
    for (const init of [{}, { bypassCustomProtocolHandlers: true }]) {
      await expect(environment.session.fetch(url, init)).rejects.toThrow(new Error('net::ERR_BLOCKED_BY_CLIENT'));
    }
    expect(handler).not.toHaveBeenCalled();
  });

  test('cancels later, and a request of net.request', async () => {
    environment.session.webRequest.onBeforeRequest((_details, callback) => setImmediate(callback, { cancel: true }));
    const cancelled = request({ url: 'http://nobody.invalid/' });
    const events = record(cancelled);
    cancelled.end();
    await closed(cancelled);
    expect(events).toEqual(['request finish', 'request error net::ERR_BLOCKED_BY_CLIENT', 'request close']);
  });

  test('sends a request elsewhere', async () => {
    const { url } = await echo();
    const told = watch(environment.session);
    environment.session.webRequest.onBeforeRequest({ urls: ['http://away.test/*'] }, (_details, callback) =>
      callback({ redirectURL: url }),
    );
    const redirected = vi.fn();
    const sent = request({ url: 'http://away.test/' });
    sent.on('redirect', redirected);
    expect((await answer(sent)).response.statusCode).toBe(200);
    expect(redirected).toHaveBeenCalledWith(307, 'GET', url, expect.objectContaining({ location: [url] }));
    expect(told.find(([name]) => name === 'onBeforeRedirect')?.[1]).toMatchObject({
      url: 'http://away.test/',
      redirectURL: url,
      statusCode: 307,
      statusLine: 'HTTP/1.1 307 Internal Redirect',
      fromCache: false,
    });
  });

  test('sends along a body that comes in chunks', async () => {
    const origin = await http();
    environment.session.webRequest.onBeforeRequest({ urls: ['http://away.test/*'] }, (_details, callback) =>
      callback({ redirectURL: `${origin.url}/echo` }),
    );
    const sent = request({ method: 'POST', url: 'http://away.test/' });
    sent.chunkedEncoding = true;
    sent.write('some ');
    expect(JSON.parse((await answer(sent, 'text')).text)).toMatchObject({ method: 'POST', bytes: 9 });
  });

  test('sends a body along', async () => {
    const origin = await http();
    environment.session.webRequest.onBeforeRequest({ urls: ['http://away.test/*'] }, (_details, callback) =>
      callback({ redirectURL: `${origin.url}/echo` }),
    );
    const response = await environment.session.fetch('http://away.test/', { method: 'POST', body: 'some text' });
    expect(await response.json()).toMatchObject({ method: 'POST', bytes: 9 });
  });

  test.each([
    ['to a handler', 'mine://host/path', 'handled'],
    ['to nobody', 'nobody://host/path', 'net::ERR_UNKNOWN_URL_SCHEME'],
    ['to what is no URL', 'http://', 'net::ERR_INVALID_REDIRECT'],
  ])('sends a request %s', async (_what, redirectURL, expected) => {
    environment.session.protocol.handle('mine', () => new Response('handled'));
    environment.session.webRequest.onBeforeRequest({ urls: ['http://away.test/*'] }, (_details, callback) =>
      callback({ redirectURL }),
    );
    const text = environment.session.fetch('http://away.test/').then((response) => response.text());
    expect(await text.catch(({ message }: Error) => message)).toBe(expected);
  });

  test('cancels by whatever counts as true, as Electron takes it', async () => {
    environment.session.webRequest.onBeforeRequest((_details, callback) => callback({ cancel: 1 as never }));
    await expect(environment.session.fetch((await echo()).url)).rejects.toThrow('net::ERR_BLOCKED_BY_CLIENT');
  });

  test('may be aborted while it waits', async () => {
    const asked = new Promise<void>((resolve) => environment.session.webRequest.onBeforeRequest(() => resolve()));
    const waiting = request({ url: 'http://nobody.invalid/' });
    const events = record(waiting);
    waiting.end();
    await asked;
    waiting.abort();
    await closed(waiting);
    expect(events).toEqual(['request finish', 'request abort', 'request close']);
  });

  test('that throws lets nothing through', async () => {
    const uncaught = vi.fn();
    const [before] = process.listeners('uncaughtException');
    if (before) process.off('uncaughtException', before);
    process.once('uncaughtException', uncaught);
    const failure = new Error('in the listener');
    environment.session.webRequest.onBeforeRequest(() => {
      throw failure;
    });
    const { url, seen } = await echo();
    await expect(environment.session.fetch(url)).rejects.toThrow('net::ERR_FAILED');
    if (before) process.on('uncaughtException', before);
    expect(uncaught).toHaveBeenCalledWith(failure, 'uncaughtException');
    expect(seen).toEqual([]);
  });
});

describe('onBeforeSendHeaders', () => {
  test('replaces all fields, and drops what cannot be sent', async () => {
    const { url, seen } = await echo();
    const onSendHeaders = vi.fn();
    environment.session.webRequest.onSendHeaders(onSendHeaders);
    environment.session.webRequest.onBeforeSendHeaders((_details, callback) =>
      callback({
        requestHeaders: { 'X-One': '1', 'x-two': ['2', '3'], 'no token': 'x', 'x-broken': 'a\r\nb', Connection: 'x' },
      }),
    );
    await answer(request({ method: 'POST', url, headers: { 'x-given': 'x' } }), 'body');
    const { host: _host, connection: _connection, ...fields } = seen[0] as IncomingHttpHeaders;
    expect(fields).toEqual({ 'x-one': '1', 'x-two': '2, 3', 'content-length': '4' });
    expect(onSendHeaders.mock.calls[0]?.[0].requestHeaders).toEqual({ 'X-One': '1', 'x-two': '2, 3' });
  });

  test('sees and changes cookies', async () => {
    const { url, seen } = await echo();
    await environment.session.cookies.set({ url, name: 'a', value: '1' });
    const shown: unknown[] = [];
    environment.session.webRequest.onBeforeSendHeaders(({ requestHeaders }, callback) => {
      shown.push(requestHeaders.cookie);
      callback({ requestHeaders: { ...requestHeaders, cookie: 'b=2' } });
    });
    await answer(request({ url, useSessionCookies: true }));
    expect(shown).toEqual(['a=1']);
    expect(seen[0]?.cookie).toBe('b=2');
  });

  test('may send Proxy-Authorization to an ordinary server', async () => {
    const { url, seen } = await echo();
    environment.session.webRequest.onBeforeSendHeaders(({ requestHeaders }, callback) =>
      callback({ requestHeaders: { ...requestHeaders, 'Proxy-Authorization': 'Basic eDp5' } }),
    );
    await (await environment.session.fetch(url)).text();
    expect(seen[0]?.['proxy-authorization']).toBe('Basic eDp5');
  });

  test('cancels', async () => {
    const { url, seen } = await echo();
    environment.session.webRequest.onBeforeSendHeaders((_details, callback) => callback({ cancel: true }));
    await expect(environment.session.fetch(url)).rejects.toThrow('net::ERR_BLOCKED_BY_CLIENT');
    expect(seen).toEqual([]);
  });

  test('goes on with fields that are none', async () => {
    environment.session.webRequest.onBeforeSendHeaders((_details, callback) =>
      callback({ requestHeaders: null as never }),
    );
    expect((await environment.session.fetch((await echo()).url)).status).toBe(200);
  });

  test.each([undefined, null, 5, {}, { requestHeaders: null }])(
    'goes on with %j, which is no answer',
    async (given) => {
      const { url, seen } = await echo();
      environment.session.webRequest.onBeforeSendHeaders((_details, callback) => callback(given as never));
      await (await environment.session.fetch(url, { headers: { 'x-a': '1' } })).text();
      expect(seen[0]).toMatchObject({ 'x-a': '1' });
    },
  );
});

describe('onHeadersReceived', () => {
  const change = (webRequest: WebRequest, response: object) =>
    webRequest.onHeadersReceived((_details, callback) => setImmediate(callback, response));

  test('changes fields and status', async () => {
    const { url } = await echo({ 'x-sent': '1' });
    change(environment.session.webRequest, {
      responseHeaders: { 'X-Made': ['1', '2'], 'x-other': 'ü' },
      statusLine: 'HTTP/1.1 404 Not Here',
    });
    const { response, text } = await answer(request({ url }));
    expect([response.statusCode, response.statusMessage]).toEqual([404, 'Not Here']);
    expect(response.rawHeaders).toEqual(['X-Made', '1', 'X-Made', '2', 'x-other', 'ü']);
    expect(JSON.parse(text)).toMatchObject({ host: new URL(url).host });
  });

  test.each(['nonsense', '', undefined, 'HTTP/1.1 100 Continue', 'HTTP/1.1 999 Odd'])(
    'keeps the status where the line is %j',
    async (statusLine) => {
      const { url } = await echo();
      change(environment.session.webRequest, { responseHeaders: {}, statusLine });
      const { response } = await answer(request({ url }));
      expect([response.statusCode, response.statusMessage, response.headers]).toEqual([200, 'As Sent', {}]);
    },
  );

  test('cannot make an interim response of one', async () => {
    environment.session.webRequest.onHeadersReceived((_details, callback) =>
      callback({ responseHeaders: {}, statusLine: 'HTTP/1.1 103 Early Hints' }),
    );
    expect((await environment.session.fetch((await echo()).url)).status).toBe(200);
  });

  test('leaves out fields that no message can hold, and fails for what is no text', async () => {
    const { url } = await echo();
    const given: unknown[] = [{ 'a b': '1', 'x-b': 'c\r\nd: e', 'x-c': '1' }, { 'x-a': Object.create(null) }];
    environment.session.webRequest.onHeadersReceived((_details, callback) =>
      callback({ responseHeaders: given.shift() as Record<string, string> }),
    );
    expect([...(await environment.session.fetch(url)).headers.keys()]).toEqual(['x-c']);
    await expect(environment.session.fetch(url)).rejects.toThrow('Cannot convert object to primitive value');
  });

  test('makes redirects and cookies', async () => {
    const { url, seen } = await echo();
    const there = await echo();
    environment.session.webRequest.onHeadersReceived({ urls: [`${url}*`] }, (_details, callback) =>
      callback({ responseHeaders: { location: there.url, 'set-cookie': 'a=1' }, statusLine: 'HTTP/1.1 302 Found' }),
    );
    await answer(request({ url, useSessionCookies: true }));
    expect(seen).toHaveLength(1);
    expect(there.seen[0]?.cookie).toBe('a=1');
  });

  test('cancels', async () => {
    const { url } = await echo();
    change(environment.session.webRequest, { cancel: true });
    await expect(environment.session.fetch(url)).rejects.toThrow('net::ERR_BLOCKED_BY_CLIENT');
  });

  test('holds a long body, and all of it comes', async () => {
    const { url } = await echo({}, 200, Buffer.alloc(3_000_000, 'x'));
    change(environment.session.webRequest, { responseHeaders: { 'x-made': '1' } });
    const response = await environment.session.fetch(url);
    expect((await response.text()).length).toBe(3_000_000);
  });

  test('leaves decoding to the fields that count', async () => {
    const origin = await http();
    change(environment.session.webRequest, {});
    expect(await (await environment.session.fetch(`${origin.url}/compressed/gzip`)).text()).toMatch(/^\w/);
  });

  test('shows UTF-8 as text', async () => {
    const { url } = await echo({
      'content-disposition': Buffer.from('attachment; filename=aa中aa.txt').toString('latin1'),
    });
    const told = watch(environment.session);
    await answer(request({ url }));
    const received = told.find(([name]) => name === 'onHeadersReceived')?.[1] as { responseHeaders: object };
    expect(received.responseHeaders).toMatchObject({ 'content-disposition': ['attachment; filename=aa中aa.txt'] });
  });
});

describe('together with', () => {
  test('HTTP/2', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    const told = watch(environment.session);
    environment.session.webRequest.onBeforeSendHeaders(({ requestHeaders }, callback) =>
      setImmediate(callback, { requestHeaders: { ...requestHeaders, 'x-made': '1' } }),
    );
    environment.session.webRequest.onHeadersReceived(({ responseHeaders }, callback) =>
      setImmediate(callback, { responseHeaders: { ...responseHeaders, 'x-back': '2' } }),
    );
    const { response, text } = await answer(request({ method: 'POST', url: `${origin.url}/echo` }), 'some text');
    expect([response.httpVersion, response.headers['x-back']]).toEqual(['2.0', '2']);
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', bytes: 9 });
    expect(text).toContain('x-made');
    expect(told.at(-1)?.[1]).toMatchObject({ statusLine: 'HTTP/1.1 200', error: 'net::OK' });
  });

  test('a sign-in, which keeps what listeners have changed', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const told = watch(environment.session);
    environment.session.webRequest.onBeforeSendHeaders(({ requestHeaders }, callback) =>
      callback({ requestHeaders: { ...requestHeaders, 'x-made': '1' } }),
    );
    const sent = request({ method: 'POST', url: `${origin.url}/echo`, useSessionCookies: true });
    sent.on('login', (_info, callback) => callback('alice', 'wonderland'));
    const { response, text } = await answer(sent, 'some text');
    expect([response.statusCode, JSON.parse(text).bytes]).toEqual([200, 9]);
    expect(text).toContain('x-made');
    const heads = told.filter(([name]) => name === 'onHeadersReceived').map(([, { statusCode }]) => statusCode);
    expect(heads).toEqual([200]);
  });

  test('the cache, which keeps nothing that a listener has changed', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((req, res) => {
      seen.push(req.headers['if-none-match']);
      const isKnown = req.headers['if-none-match'] === '"1"';
      res.writeHead(isKnown ? 304 : 200, { etag: '"1"', ...(isKnown ? {} : { 'cache-control': 'no-cache' }) });
      res.end(isKnown ? undefined : 'body');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const ask = async () => {
      const response = await environment.session.fetch(url);
      return [response.status, response.headers.get('x-made'), await response.text()];
    };
    environment.session.webRequest.onHeadersReceived(({ responseHeaders }, callback) =>
      callback({ responseHeaders: { ...responseHeaders, 'x-made': '1' } }),
    );
    expect(await ask()).toEqual([200, '1', 'body']);
    expect(await ask()).toEqual([200, '1', 'body']);
    environment.session.webRequest.onHeadersReceived(null);
    expect(await ask()).toEqual([200, null, 'body']);
    expect(seen).toEqual([undefined, '"1"', '"1"']);
  });

  test('many requests at once', async () => {
    const { url, seen } = await echo();
    const told = watch(environment.session);
    environment.session.webRequest.onBeforeRequest((details, callback) =>
      setImmediate(callback, { cancel: details.url.endsWith('5') }),
    );
    const asked = Array.from({ length: 50 }, (_, i) => environment.session.fetch(url + i).then((r) => r.text()));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    expect(seen).toHaveLength(45);
    const ended = told.filter(([name]) => name === 'onCompleted' || name === 'onErrorOccurred');
    expect(new Set(ended.map(([, { id }]) => id)).size).toBe(50);
    expect(ended).toHaveLength(50);
  });
});

describe('a WebSocket', () => {
  const servers = useServers();
  const seen: string[] = [];
  const server = () =>
    servers.webSocket((peer, { headers }) => {
      seen.push(`${headers['x-made']}`);
      peer.send('hello');
    });

  test('is told of, and its fields can be changed', async () => {
    const url = `${await server()}/`;
    const told = watch(environment.session);
    environment.session.webRequest.onBeforeSendHeaders({ urls: ['ws://*/*'] }, ({ requestHeaders }, callback) =>
      callback({ requestHeaders: { ...requestHeaders, 'x-made': '1' } }),
    );
    const socket = new net.WebSocket(url, { session: environment.session });
    const [message] = await once(socket as never, 'message');
    expect([(message as MessageEvent).data, seen.at(-1)]).toEqual(['hello', '1']);
    expect(told.map(([name]) => name)).toEqual([
      'onBeforeRequest',
      'onSendHeaders',
      'onHeadersReceived',
      'onResponseStarted',
      'onCompleted',
    ]);
    const statusLine = 'HTTP/1.1 101 Switching Protocols';
    expect(told.at(-1)?.[1]).toMatchObject({ url, resourceType: 'webSocket', statusCode: 101, statusLine });
    socket.close();
    await once(socket as never, 'close');
  });

  test('fails when its connection goes while a listener has it', async () => {
    const peers: Peer[] = [];
    const url = await servers.webSocket((peer) => void peers.push(peer));
    environment.session.webRequest.onHeadersReceived(() => peers[0]?.terminate());
    const socket = new net.WebSocket(url, { session: environment.session });
    const [error] = await once(socket as never, 'error').catch((thrown) => [thrown]);
    expect((error as Error).message).toBe('net::ERR_CONNECTION_CLOSED');
  });

  test.each(['onBeforeRequest', 'onBeforeSendHeaders', 'onHeadersReceived'] as const)(
    'is cancelled by %s',
    async (name) => {
      const url = await server();
      const cancel = (_details: object, callback: (response: object) => void) => callback({ cancel: true });
      const { webRequest } = environment.session;
      Reflect.apply(webRequest[name], webRequest, [{ urls: ['<all_urls>'], types: ['webSocket'] }, cancel]);
      const socket = new net.WebSocket(url, { session: environment.session });
      const [error] = await once(socket as never, 'error').catch((thrown) => [thrown]);
      expect((error as Error).message).toBe('net::ERR_BLOCKED_BY_CLIENT');
    },
  );
});

describe('a filter', () => {
  test('picks by patterns, exclusions and types', async () => {
    const { url } = await echo();
    const seen = vi.fn();
    const { webRequest } = environment.session;
    webRequest.onCompleted({ urls: ['<all_urls>'], excludeUrls: ['*://*/no*'], types: ['image'] }, seen);
    for (const [path, destination] of [
      ['yes', 'image'],
      ['no', 'image'],
      ['yes', 'script'],
    ]) {
      await answer(request({ url: url + path, headers: { 'sec-fetch-dest': destination as string } }));
    }
    expect(seen.mock.calls.map(([details]) => details.url)).toEqual([`${url}yes`]);
  });

  test('without patterns means all', async () => {
    const { url } = await echo();
    const seen = vi.fn();
    environment.session.webRequest.onCompleted({ urls: [] }, seen);
    await answer(request({ url }));
    expect(seen).toHaveBeenCalledTimes(1);
  });

  test.each<[unknown[], string]>([
    [[{ urls: ['*://blahblah.dev'] }, () => undefined], 'Invalid url pattern *://blahblah.dev: Empty path.'],
    [
      [{ urls: ['<all_urls>'], excludeUrls: ['x'] }, () => undefined],
      'Invalid url pattern x: Missing scheme separator.',
    ],
    [[{ urls: ['<all_urls>'], types: ['page'] }, () => undefined], 'Invalid type page'],
    [[{}, () => undefined], "Parameter 'filter' must have property 'urls'."],
    [[{ urls: 'x' }, () => undefined], "Parameter 'filter' must have property 'urls'."],
    [[{ urls: [] }], 'Must pass null or a Function'],
    [[undefined], 'Must pass null or a Function'],
    [['x'], 'Must pass null or a Function'],
  ])('%j is refused', async (given, message) => {
    await app.whenReady();
    const { onCompleted } = environment.session.webRequest;
    expect(() => Reflect.apply(onCompleted, environment.session.webRequest, given)).toThrow(new TypeError(message));
  });
});
