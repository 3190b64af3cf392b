import { basicAuth, type Fault } from '@netloom/lab';
import { describe, expect, test, vi } from 'vitest';
import { type ClientRequest, type ClientRequestConstructorOptions, type IncomingMessage, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { closed, record } from './support/record.js';

const environment = useLab();

/** An origin, and requests to it in the test's own session. */
async function origin(options: { fault?: Fault; auth?: boolean } = {}) {
  const server = await environment.lab.origin({
    protocol: 'http',
    ...(options.fault === undefined ? {} : { fault: options.fault }),
    ...(options.auth ? { auth: { schemes: [basicAuth()] } } : {}),
  });
  const request = (path: string, more: ClientRequestConstructorOptions = {}) =>
    net.request({ url: server.url + path, session: environment.session, ...more });
  return { server, request };
}

const READ = ['response end', 'response close', 'request close'];

describe('success', () => {
  test.each<[string, ClientRequestConstructorOptions, string]>([
    ['a GET', {}, '/echo'],
    ['a HEAD', { method: 'HEAD' }, '/echo'],
    ['a POST', { method: 'POST' }, '/echo'],
    ['an answer without a body', {}, '/status/204'],
    ['a body in chunks', {}, '/chunked?chunks=5'],
    ['a body of 1 MB', {}, '/big?bytes=1000000'],
    ['a compressed body', {}, '/compressed/gzip'],
  ])('%s', async (_name, options, path) => {
    const { request: make } = await origin();
    const request = make(path, options);
    const events = record(request);
    request.end(options.method === 'POST' ? 'text' : undefined);
    await closed(request);
    expect(events).toEqual(['request finish', expect.stringMatching(/^request response 20[04]$/), ...READ]);
  });

  test('a chunked upload that is written while the response is awaited', async () => {
    const { request: make, server } = await origin();
    const request = make('/echo', { method: 'POST' });
    request.chunkedEncoding = true;
    const events = record(request);
    request.write('one');
    await server.until(({ stats }) => stats.requests === 1);
    request.write('two');
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request response 200', ...READ]);
  });

  test.each([
    ['small', '/echo'],
    ['large', '/big?bytes=10000000'],
  ])('a %s body that nobody reads does not keep the request from closing', async (_name, path) => {
    const { request: make } = await origin();
    const request = make(path);
    const events = record(request, () => undefined);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request response 200', 'request close']);
    request.abort();
    await new Promise(setImmediate);
    expect(events.filter((event) => event.startsWith('request'))).toHaveLength(3);
  });

  test.each(['/echo', '/big?bytes=10000000'])('a response that nobody listens for: %s', async (path) => {
    const { request: make } = await origin();
    const request = make(path);
    const events = record(request, null);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request close']);
  });

  test('a large body that is read when the request has closed is complete', async () => {
    const { request: make } = await origin();
    const request = make('/big?bytes=3000000');
    let response: IncomingMessage | undefined;
    request.on('response', (given) => {
      response = given;
    });
    request.end();
    await closed(request);
    const chunks = (await response?.toArray()) as Buffer[];
    expect(Buffer.concat(chunks)).toHaveLength(3_000_000);
  });
});

describe('redirect', () => {
  test.each<[string, string, string[]]>([
    ['one', '/redirect?to=/echo&status=302', ['302']],
    ['a chain', '/redirects/3', ['302', '302', '302']],
  ])('followed: %s', async (_name, path, statuses) => {
    const { request: make } = await origin();
    const request = make(path);
    const events = record(request);
    request.end();
    await closed(request);
    const redirects = statuses.map((status) => `request redirect ${status}`);
    expect(events).toEqual(['request finish', ...redirects, 'request response 200', ...READ]);
  });

  test('forbidden', async () => {
    const { request: make } = await origin();
    const request = make('/redirect?to=/echo', { redirect: 'error' });
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual([
      'request finish',
      "request error Attempted to redirect, but redirect policy was 'error'",
      'request close',
    ]);
  });

  test.each([
    ['followed', true, ['request response 200', ...READ]],
    ['not followed', false, ['request error Redirect was cancelled', 'request close']],
  ])('by hand, %s', async (_name, follows, end) => {
    const { request: make } = await origin();
    const request = make('/redirect?to=/echo', { redirect: 'manual' });
    const events = record(request);
    request.on('redirect', () => follows && request.followRedirect());
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request redirect 302', ...end]);
  });

  test.each(['follow', 'manual'] as const)('aborted by the listener, mode %s', async (redirect) => {
    const { request: make, server } = await origin();
    const request = make('/redirect?to=/echo', { redirect });
    const events = record(request);
    request.on('redirect', () => request.abort());
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request redirect 302', 'request abort', 'request close']);
    expect(server.stats.requests).toBe(1);
  });
});

describe('abort', () => {
  test('before anything, whatever is written afterwards', async () => {
    const { request: make, server } = await origin();
    const request = make('/echo');
    const events = record(request);
    request.abort();
    expect(events).toEqual([]);
    request.write('');
    request.end();
    await closed(request);
    expect(events).toEqual(['request abort', 'request close']);
    expect(server.stats.connections).toBe(0);
  });

  test('of a body that was to be buffered', async () => {
    const { request: make, server } = await origin();
    const request = make('/echo', { method: 'POST' });
    const events = record(request);
    request.write('text');
    request.abort();
    await closed(request);
    expect(events).toEqual(['request abort', 'request close']);
    expect(server.stats.connections).toBe(0);
  });

  test('of a chunked upload before its end', async () => {
    const { request: make, server } = await origin();
    const request = make('/upload', { method: 'POST' });
    request.chunkedEncoding = true;
    const events = record(request);
    request.write('text');
    await server.until(({ stats }) => stats.requests === 1);
    request.abort();
    await closed(request);
    expect(events).toEqual(['request abort', 'request close']);
    await server.until(({ stats }) => stats.openConnections === 0);
    expect(server.stats.uploads).toBe(0);
  });

  test('in the turn of end()', async () => {
    const { request: make } = await origin();
    const request = make('/echo');
    const events = record(request);
    request.end();
    request.abort();
    await closed(request);
    expect(events).toEqual(['request finish', 'request abort', 'request close']);
  });

  test('after end(), before the response', async () => {
    const { request: make, server } = await origin();
    const request = make('/hang', { method: 'POST' });
    const events = record(request);
    request.end('text');
    await server.until(({ stats }) => stats.requests === 1);
    request.abort();
    await closed(request);
    expect(events).toEqual(['request finish', 'request abort', 'request close']);
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  test('in the listener for the response', async () => {
    const { request: make, server } = await origin();
    const request = make('/big?bytes=10000000');
    const events = record(request, (response) => {
      response.resume();
      request.abort();
    });
    request.end();
    await new Promise((resolve) => request.once('abort', resolve));
    expect(events).toContain('response close');
    await closed(request);
    expect(events).toEqual([
      'request finish',
      'request response 200',
      'request abort',
      'response aborted',
      'response close',
      'request close',
    ]);
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  test('in the middle of the body', async () => {
    const { request: make } = await origin();
    const request = make('/big?bytes=10000000');
    const events = record(request, (response) => response.once('data', () => request.abort()));
    request.end();
    await closed(request);
    expect(events.slice(2)).toEqual(['request abort', 'response aborted', 'response close', 'request close']);
  });

  test('when it has closed changes nothing', async () => {
    const { request: make } = await origin();
    const request = make('/echo');
    const events = record(request);
    request.end();
    await closed(request);
    const before = [...events];
    request.abort();
    await closed(request);
    expect(events).toEqual(before);
  });

  test('twice is aborted once', async () => {
    const { request: make } = await origin();
    const request = make('/hang');
    const events = record(request);
    request.end();
    await new Promise(setImmediate);
    request.abort();
    request.abort();
    await closed(request);
    expect(events).toEqual(['request finish', 'request abort', 'request close']);
  });

  test('while a login waits for its answer', async () => {
    const { request: make } = await origin({ auth: true });
    const request = make('/echo');
    const events = record(request);
    request.on('login', () => request.abort());
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request abort', 'request close']);
  });

  test.each<[string, (request: ClientRequest, done: (error?: Error | null) => void) => void]>([
    ['write', (request, done) => request.write('late', done)],
    ['end', (request, done) => request.end('late', done)],
  ])('%s after the end is an error, which ends the request', async (_name, again) => {
    const { request: make } = await origin();
    const request = make('/hang');
    const events = record(request);
    const done = vi.fn();
    request.end();
    await new Promise(setImmediate);
    again(request, done);
    await closed(request);
    expect(events).toEqual(['request finish', 'request error write after end', 'request close']);
    expect(done).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ERR_STREAM_WRITE_AFTER_END' }));
  });

  test('by destroy() says why, and is no abort', async () => {
    const { request: make } = await origin();
    const request = make('/big?bytes=10000000');
    const events = record(request, () => request.destroy(new Error('enough')));
    request.end();
    await closed(request);
    expect(events.slice(2)).toEqual(['response close', 'request error enough', 'request close']);
  });

  test('of the response alone closes the request', async () => {
    const { request: make, server } = await origin();
    const request = make('/big?bytes=10000000');
    const events = record(request, (response) => response.destroy());
    request.end();
    await closed(request);
    expect(events.slice(2)).toEqual(['response close', 'request close']);
    await server.until(({ stats }) => stats.openConnections === 0);
  });
});

describe('network error', () => {
  test.each<[string, Fault, string]>([
    ['when it connects', { kind: 'refuse' }, 'ERR_CONNECTION_REFUSED'],
    ['when it has connected', { kind: 'close', at: 'accept' }, 'ERR_EMPTY_RESPONSE'],
    ['when it has sent', { kind: 'close', at: 'request' }, 'ERR_EMPTY_RESPONSE'],
    ['by a reset when it has sent', { kind: 'reset', at: 'request' }, 'ERR_CONNECTION_RESET'],
    ['by an answer that is no HTTP', { kind: 'garbage', at: 'request' }, 'ERR_INVALID_HTTP_RESPONSE'],
    ['within the head', { kind: 'oversize-headers' }, 'ERR_RESPONSE_HEADERS_TOO_BIG'],
  ])('%s', async (_name, fault, code) => {
    const { request: make } = await origin({ fault });
    const request = make('/echo');
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', `request error net::${code}`, 'request close']);
  });

  test('because there is no such name', async () => {
    const request = net.request({ url: 'http://nobody.invalid/', session: environment.session });
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request error net::ERR_NAME_NOT_RESOLVED', 'request close']);
  });

  test.each<[string, Fault, string]>([
    ['chunks', { kind: 'truncated-chunks' }, 'ERR_INCOMPLETE_CHUNKED_ENCODING'],
    ['a length', { kind: 'short-body' }, 'ERR_CONTENT_LENGTH_MISMATCH'],
  ])('within a body of %s belongs to the response', async (_name, fault, code) => {
    const { request: make } = await origin({ fault });
    const request = make('/echo');
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual([
      'request finish',
      'request response 200',
      `response error net::${code}`,
      'response close',
      'request close',
    ]);
  });

  test('within a body that nobody listens for belongs to the request', async () => {
    const { request: make } = await origin({ fault: { kind: 'truncated-chunks' } });
    const request = make('/echo');
    const events = record(request, null);
    request.end();
    await closed(request);
    expect(events.slice(1)).toEqual(['request error net::ERR_INCOMPLETE_CHUNKED_ENCODING', 'request close']);
  });

  test('in the middle of a chunked upload', async () => {
    const { request: make, server } = await origin({ fault: { kind: 'reset', at: 'request' } });
    const request = make('/upload', { method: 'POST' });
    request.chunkedEncoding = true;
    const events = record(request);
    request.write('text');
    await closed(request);
    expect(events).toEqual([
      expect.stringMatching(/^request error net::ERR_(CONNECTION_RESET|CONNECTION_ABORTED|FAILED)$/),
      'request close',
    ]);
    expect(server.stats.requests).toBe(1);
  });

  test('while it is redirected', async () => {
    const { request: make } = await origin({ fault: { kind: 'close', at: 'request', path: '/echo' } });
    const request = make('/redirect?to=/echo');
    const events = record(request);
    request.end();
    await closed(request);
    expect(events.slice(1)).toEqual(['request redirect 302', 'request error net::ERR_EMPTY_RESPONSE', 'request close']);
  });

  test('after a login', async () => {
    const { request: make } = await origin({ auth: true, fault: { kind: 'close', at: 'request', after: 1 } });
    const request = make('/echo');
    const events = record(request);
    request.on('login', (_info, callback) => callback('alice', 'wonderland'));
    request.end();
    await closed(request);
    expect(events.slice(1)).toEqual(['request error net::ERR_EMPTY_RESPONSE', 'request close']);
  });
});

describe('login', () => {
  /** Notes the login among the other events, and answers it. */
  function answering(request: ClientRequest, events: string[], ...answers: [string?, string?][]): void {
    request.on('login', (info, callback) => {
      events.push(`request login ${info.isProxy ? 'proxy' : 'server'} ${info.scheme}`);
      callback(...(answers.shift() ?? []));
    });
  }

  test.each<[string, [string?, string?][], string[]]>([
    ['given', [['alice', 'wonderland']], ['request login server basic', 'request response 200']],
    ['refused', [[]], ['request login server basic', 'request response 401']],
    [
      'wrong, then given',
      [
        ['alice', 'looking-glass'],
        ['alice', 'wonderland'],
      ],
      ['request login server basic', 'request login server basic', 'request response 200'],
    ],
    [
      'wrong, then refused',
      [['alice', 'looking-glass'], []],
      ['request login server basic', 'request login server basic', 'request response 401'],
    ],
    ['given without a password', [['alice']], ['request login server basic', 'request response 401']],
  ])('%s', async (_name, answers, middle) => {
    const { request: make } = await origin({ auth: true });
    const request = make('/echo');
    const events = record(request);
    answering(request, events, ...answers);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', ...middle, ...READ]);
  });

  test('absent', async () => {
    const { request: make } = await origin({ auth: true });
    const request = make('/echo');
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request response 401', ...READ]);
  });

  describe.each([
    ['http', 'http://origin.test/'],
    ['https', 'https://origin.test/'],
  ])('at the proxy of an %s request', (scheme, url) => {
    test.each<[string, [string?, string?][] | undefined]>([
      ['refused', [[]]],
      ['absent', undefined],
    ])('%s', async (_name, answers) => {
      const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
      await environment.session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}` });
      const request = net.request({ url, session: environment.session });
      const events = record(request);
      if (answers !== undefined) answering(request, events, ...answers);
      request.end();
      await closed(request);
      const asked = answers === undefined ? [] : ['request login proxy basic'];
      const end =
        scheme === 'http'
          ? ['request response 407', ...READ]
          : ['request error net::ERR_TUNNEL_CONNECTION_FAILED', 'request close'];
      expect(events).toEqual(['request finish', ...asked, ...end]);
    });
  });

  test('at a proxy and at the server', async () => {
    const { request: make } = await origin({ auth: true });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    await environment.session.setProxy({
      proxyRules: `127.0.0.1:${proxy.port}`,
      proxyBypassRules: '<-loopback>',
    });
    const request = make('/echo');
    const events = record(request);
    answering(request, events, ['alice', 'wonderland'], ['alice', 'wonderland']);
    request.end();
    await closed(request);
    expect(events.slice(1, 4)).toEqual([
      'request login proxy basic',
      'request login server basic',
      'request response 200',
    ]);
  });
});
