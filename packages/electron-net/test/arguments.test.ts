import { parse } from 'node:url';
import { basicAuth, type Echo } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { type ClientRequestConstructorOptions, net, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
const url = 'http://origin.test/';
const make = (options: unknown) => net.request(options as ClientRequestConstructorOptions);

describe('what is thrown at once', () => {
  const onlyHttp = 'ClientRequest only supports http: and https: protocols';
  test.each<[string, unknown, string]>([
    ['a URL of another protocol', 'ftp://origin.test/', onlyHttp],
    ['the same in options', { url: 'file:///etc/hosts' }, onlyHttp],
    ['a protocol of its own', { protocol: 'ws:', hostname: 'origin.test' }, onlyHttp],
    ['a session that is none', { url, session: {} }, '`session` should be an instance of the Session class'],
    ['a partition that is no string', { url, partition: 1 }, '`partition` should be a string'],
    ['a null header', { url, headers: { a: null } }, '`value` required in setHeader("a", value)'],
    ['an undefined header', { url, headers: { a: undefined } }, '`value` required in setHeader("a", value)'],
    ['headers that are none', { url, headers: 'a: b' }, 'headers must be an object'],
    ['an unknown redirect mode', { url, redirect: 'maybe' }, 'redirect mode should be one of follow, error or manual'],
    ['a method that is no string', { url, method: 1 }, '`method` should be a string'],
    ['a path with a blank', { hostname: 'origin.test', path: '/a b' }, 'Request path contains unescaped characters'],
    ['same-origin alone', { url, credentials: 'same-origin' }, 'credentials: same-origin requires origin to be set'],
    ['no URL', 'origin', 'Invalid URL'],
    ['a number', 1, 'a request needs a URL or an object with options; got number'],
    ['nothing', null, 'a request needs a URL or an object with options; got null'],
  ])('%s', (_name, options, message) => {
    expect(() => make(options)).toThrow(message);
  });

  test('by setHeader, getHeader and removeHeader', () => {
    const request = net.request(url);
    const set = request.setHeader.bind(request) as (name?: unknown, value?: unknown) => void;
    expect(() => set('foo')).toThrow('`value` required in setHeader("foo", value)');
    expect(() => set('foo', null)).toThrow('`value` required in setHeader("foo", value)');
    expect(() => set(1, 'foo')).toThrow('`name` should be a string in setHeader(name, value)');
    expect(() => set('a b', 'foo')).toThrow("Invalid header name: 'a b'");
    expect(() => set('foo', 'a\nb')).toThrow("Invalid value for header 'foo': 'a\nb'");
    for (const name of [undefined, null]) {
      expect(() => request.getHeader(name as never)).toThrow('`name` is required for getHeader(name)');
      expect(() => request.removeHeader(name as never)).toThrow('`name` is required for removeHeader(name)');
    }
  });

  test('by chunkedEncoding when it is late, or set again', () => {
    const request = net.request({ method: 'POST', url });
    request.chunkedEncoding = false;
    expect(() => {
      request.chunkedEncoding = true;
    }).toThrow('chunkedEncoding can only be set once');
    const late = net.request({ method: 'POST', url });
    late.write('');
    expect(() => {
      late.chunkedEncoding = true;
    }).toThrow('chunkedEncoding can only be set before the request is started');
  });

  test('by followRedirect outside of a redirect', () => {
    expect(() => net.request(url).followRedirect()).toThrow(
      'followRedirect() called, but was not waiting for a redirect',
    );
  });
});

describe('what a request can be made from', () => {
  test.each<[string, (origin: URL) => unknown]>([
    ['a string', (origin) => `${origin.href}echo?a=b#c`],
    ['a URL', (origin) => new URL('/echo?a=b#c', origin)],
    ['{ url }', (origin) => ({ url: `${origin.href}echo?a=b` })],
    ['the result of url.parse()', (origin) => parse(`${origin.href}echo?a=b`)],
    ['host with port', (origin) => ({ protocol: 'http:', host: origin.host, path: '/echo?a=b' })],
    ['hostname and port', (origin) => ({ hostname: origin.hostname, port: origin.port, path: '/echo?a=b' })],
    ['a whole URL as path', (origin) => ({ host: origin.host, path: 'http://other.test:1/echo?a=b' })],
    ['a port alone', (origin) => ({ port: Number(origin.port), path: 'echo?a=b', protocol: 'http' })],
    ['an href', (origin) => ({ href: `${origin.href}echo?a=b` })],
    ['empty parts', (origin) => ({ href: '', method: '', redirect: '', host: origin.host, path: '/echo?a=b' })],
    ['an empty port', (origin) => ({ url: undefined, host: origin.host, port: Number.NaN, path: '/echo?a=b' })],
    ['what only node:http knows', (origin) => ({ url: `${origin.href}echo?a=b`, agent: false, timeout: 5, family: 4 })],
  ])('%s', async (_name, options) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { text } = await answer(make(options(new URL(origin.url))));
    expect(JSON.parse(text)).toMatchObject({ method: 'GET', path: '/echo?a=b' });
  });

  test('user and password apart from the URL', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const { hostname, port } = new URL(origin.url);
    const { response } = await answer(make({ hostname, port, auth: 'alice:wonderland', session: environment.session }));
    expect(response.statusCode).toBe(200);
  });

  test.each<[string, unknown]>([
    ['an object, with a list for a value', { 'X-One': 'a', 'X-Two': ['b', 'c'] }],
    ['names and values in turn', ['X-One', 'a', 'X-Two', 'b,c']],
    ['pairs', [['X-One', 'a'] as const, ['X-Two', 'b,c'] as const]],
    ['a Map', new Map([['X-One', 'a'] as const, ['X-Two', 'b,c'] as const])],
  ])('headers as %s', async (_name, headers) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { text } = await answer(make({ url: `${origin.url}/echo`, headers }));
    expect((JSON.parse(text) as Echo).headers.join('|')).toContain('X-One|a|X-Two|b,c');
  });

  test('a method in lower case, and a callback', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const status = await new Promise((resolve) => {
      net.request({ method: 'delete', url: `${origin.url}/echo` }, ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(status).toBe(200);
    expect(origin.log.find(({ type }) => type === 'request')).toMatchObject({ method: 'DELETE' });
  });

  test('a callback that is null', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    expect((await answer(net.request(origin.url, null as never))).text).toBe('ok');
  });

  test('a wrapper around net.request, taken off its object', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { request: original } = net;
    const seen: unknown[] = [];
    net.request = (...given) => {
      seen.push(given[0]);
      return original(...given);
    };
    try {
      expect((await answer(net.request(origin.url))).text).toBe('ok');
      expect(seen).toEqual([origin.url]);
    } finally {
      net.request = original;
    }
  });

  test('a wrapper around net.request sees what net.fetch and session.fetch ask for', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { request: original } = net;
    const seen: unknown[] = [];
    net.request = (options, ...rest) => {
      seen.push(options);
      const request = original(options, ...rest);
      request.setHeader('X-Traced', 'yes');
      return request;
    };
    try {
      const init = { method: 'POST', body: 'text' };
      const responses = [await net.fetch(`${origin.url}/echo`, init)];
      responses.push(await environment.session.fetch(`${origin.url}/echo`, init));
      for (const response of responses) {
        const { headers, bytes } = (await response.json()) as Echo & { bytes: number };
        expect([headers.join('|'), bytes]).toEqual([expect.stringContaining('X-Traced|yes'), 4]);
      }
      expect(seen).toMatchObject([
        { method: 'POST', url: `${origin.url}/echo`, session: session.defaultSession },
        { method: 'POST', url: `${origin.url}/echo`, session: environment.session },
      ]);
    } finally {
      net.request = original;
    }
    await (await net.fetch(origin.url)).text();
    expect(seen).toHaveLength(2);
  });

  test('net.fetch, taken off its object and replaced', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { fetch: original } = net;
    net.fetch = async (input, init) => new Response(`wrapped ${await (await original(input, init)).text()}`);
    try {
      expect(await (await net.fetch(origin.url)).text()).toBe('wrapped ok');
    } finally {
      net.fetch = original;
    }
  });

  test('methods of a request and of a response can be replaced', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const request = net.request({ method: 'POST', url: `${origin.url}/echo` });
    const { end, emit } = request;
    const written: unknown[] = [];
    const emitted: unknown[] = [];
    request.end = (...given: unknown[]) => {
      written.push(given[0]);
      return end.apply(request, given as never);
    };
    request.emit = (...given: unknown[]) => {
      emitted.push(given[0]);
      return emit.apply(request, given as never);
    };
    const { text } = await answer(request, 'text');
    expect(JSON.parse(text)).toMatchObject({ bytes: 4 });
    expect([written, emitted]).toEqual([['text'], expect.arrayContaining(['finish', 'response'])]);
  });

  test('what a request was made from can be read from it', () => {
    const request = net.request({ method: 'put', url, headers: { 'X-One': 'a' } });
    expect(request._urlLoaderOptions).toMatchObject({
      method: 'PUT',
      url,
      headers: { 'x-one': { name: 'X-One', value: 'a' } },
    });
    expect(net.request({ url, redirect: 'manual' })._redirectPolicy).toBe('manual');
  });
});
