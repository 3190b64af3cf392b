import { basicAuth, type Fault, type Lab } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import type { ClientOptions, RequestOptions } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();

/** A thing that goes wrong, and the code that says so. */
interface Case {
  readonly name: string;
  readonly code: string | number | RegExp;
  /** Starts what is needed, and says what to ask for. */
  readonly given: (lab: Lab) => Promise<{ url: string; client?: ClientOptions; request?: RequestOptions }>;
}

const throughProxy = (protocol: 'http' | 'https', fault: Fault) => async (lab: Lab) => {
  const origin = await lab.origin({ protocol });
  const proxy = await lab.proxy({ fault });
  return { url: `${origin.url}/echo`, client: { proxy: proxy.url } };
};

const direct = (path: string, fault?: Fault, request?: RequestOptions, client?: ClientOptions) => async (lab: Lab) => {
  const origin = await lab.origin({ protocol: 'http', ...(fault && { fault }) });
  return { url: `${origin.url}${path}`, ...(request && { request }), ...(client && { client }) };
};

const CASES: readonly Case[] = [
  {
    name: 'proxy unreachable',
    code: 'ERR_PROXY_CONNECTION_FAILED',
    given: async (lab) => ({
      url: 'http://example.test/',
      client: { proxy: `http://127.0.0.1:${await lab.deadPort()}` },
    }),
  },
  {
    name: 'name of the proxy not found',
    code: 'ERR_PROXY_CONNECTION_FAILED',
    given: async (lab) => ({
      url: 'http://example.test/',
      client: { proxy: 'http://nowhere.test:3128', hostResolver: lab.dns },
    }),
  },
  {
    name: 'name of the origin not found',
    code: 'ERR_NAME_NOT_RESOLVED',
    given: async (lab) => ({ url: 'http://nowhere.test/', client: { hostResolver: lab.dns } }),
  },
  {
    name: 'origin refuses connections',
    code: 'ERR_CONNECTION_REFUSED',
    given: async (lab) => ({ url: `http://127.0.0.1:${await lab.deadPort()}/` }),
  },
  {
    name: 'reset on accept',
    code: /^ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE$/,
    given: direct('/', { kind: 'reset', at: 'accept' }),
  },
  {
    name: 'reset after the request',
    code: 'ERR_CONNECTION_RESET',
    given: direct('/', { kind: 'reset', at: 'request' }),
  },
  {
    name: 'reset in the body',
    code: 'ERR_CONNECTION_RESET',
    given: direct('/big?bytes=100000', { kind: 'reset', at: 'body' }),
  },
  {
    name: 'closed without an answer',
    code: 'ERR_EMPTY_RESPONSE',
    given: direct('/', { kind: 'close', at: 'request' }),
  },
  {
    name: 'garbage instead of HTTP',
    code: 'ERR_INVALID_HTTP_RESPONSE',
    given: direct('/', { kind: 'garbage', at: 'request' }),
  },
  {
    name: 'header block over the limit',
    code: 'ERR_RESPONSE_HEADERS_TOO_BIG',
    given: direct('/', { kind: 'oversize-headers' }),
  },
  {
    name: 'truncated chunk',
    code: 'ERR_INCOMPLETE_CHUNKED_ENCODING',
    given: direct('/chunked?chunks=3', { kind: 'truncated-chunks' }),
  },
  {
    name: 'malformed chunk',
    code: 'ERR_INVALID_CHUNKED_ENCODING',
    given: direct('/chunked?chunks=3', { kind: 'malformed-chunk' }),
  },
  {
    name: 'body shorter than its length',
    code: 'ERR_CONTENT_LENGTH_MISMATCH',
    given: direct('/echo', { kind: 'short-body' }),
  },
  {
    name: 'bad gzip',
    code: 'ERR_CONTENT_DECODING_FAILED',
    given: direct('/compressed/bad-gzip', undefined, undefined, { decode: true }),
  },
  { name: 'redirect loop', code: 'ERR_TOO_MANY_REDIRECTS', given: direct('/loop', undefined, { redirect: 'follow' }) },
  {
    name: 'redirect to file:',
    code: 'ERR_UNSAFE_REDIRECT',
    given: direct(`/redirect?to=${encodeURIComponent('file:///etc/passwd')}`, undefined, { redirect: 'follow' }),
  },
  { name: '407 from an origin', code: 'ERR_UNEXPECTED_PROXY_AUTH', given: direct('/proxy-auth') },
  ...[201, 204, 302, 403, 500].map((status) => ({
    name: `${status} to CONNECT`,
    code: 'ERR_TUNNEL_CONNECTION_FAILED',
    given: throughProxy('https', { kind: 'connect-answer', status }),
  })),
  {
    name: 'bytes after the 200 to CONNECT',
    code: 'ERR_TUNNEL_CONNECTION_FAILED',
    given: throughProxy('https', { kind: 'connect-extra' }),
  },
  {
    name: 'garbage to CONNECT',
    code: 'ERR_TUNNEL_CONNECTION_FAILED',
    given: throughProxy('https', { kind: 'garbage', at: 'connect' }),
  },
  {
    name: '407 to CONNECT without a challenge',
    code: 'ERR_PROXY_AUTH_UNSUPPORTED',
    given: throughProxy('https', { kind: 'challenge', challenge: 'none' }),
  },
  {
    name: '407 to CONNECT with an unknown scheme',
    code: 'ERR_PROXY_AUTH_UNSUPPORTED',
    given: throughProxy('https', { kind: 'challenge', challenge: 'unknown' }),
  },
  {
    name: '407 to CONNECT for ever',
    code: 'ERR_PROXY_AUTH_REQUESTED',
    given: throughProxy('https', { kind: 'challenge', challenge: 'forever' }),
  },
  {
    name: '407 for ever, delivered',
    code: 407,
    given: throughProxy('http', { kind: 'challenge', challenge: 'forever' }),
  },
  {
    name: '407 without a challenge, delivered',
    code: 407,
    given: throughProxy('http', { kind: 'challenge', challenge: 'none' }),
  },
  {
    name: 'unsupported scheme of the URL',
    code: /ERR_UNKNOWN_URL_SCHEME|^ERR_|UND_ERR_INVALID_ARG/,
    given: async () => ({ url: 'ftp://example.test/' }),
  },
  ...(['unknown-ca', 'self-signed', 'expired', 'wrong-name'] as const).flatMap((cert) => [
    {
      name: `certificate of the origin: ${cert}`,
      code: {
        'unknown-ca': 'ERR_CERT_AUTHORITY_INVALID',
        'self-signed': 'ERR_CERT_AUTHORITY_INVALID',
        expired: 'ERR_CERT_DATE_INVALID',
        'wrong-name': 'ERR_CERT_COMMON_NAME_INVALID',
      }[cert],
      given: async (lab: Lab) => ({ url: `${(await lab.origin({ protocol: 'https', cert })).url}/echo` }),
    },
    {
      name: `certificate of the proxy: ${cert}`,
      code: 'ERR_PROXY_CERTIFICATE_INVALID',
      given: async (lab: Lab) => ({
        url: 'http://example.test/',
        client: { proxy: (await lab.proxy({ tls: true, cert })).url },
      }),
    },
  ]),
];

describe('every bad thing has its own code', () => {
  test.each(CASES.map((item) => [item.name, item] as const))('%s', async (_name, { code, given }) => {
    const { url, client = {}, request } = await given(environment.lab);
    const result = await outcome(environment.client(client).request(url, request));
    if (code instanceof RegExp) expect(result).toMatch(code);
    else expect(result).toBe(code);
  });
});

test('nothing of a refused CONNECT is visible', async () => {
  const origin = await environment.lab.origin({ protocol: 'https' });
  const proxy = await environment.lab.proxy({ fault: { kind: 'connect-answer', status: 302 } });
  const error = await environment
    .client({ proxy: proxy.url, redirect: { mode: 'follow' }, cookies: true })
    .request(`${origin.url}/echo`)
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_TUNNEL_CONNECTION_FAILED', errno: -111, proxy: proxy.url });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/set-cookie|location|<html/i);
});

test('a final 407 for fetch names the schemes that were tried', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
  const client = environment.client({
    proxy: proxy.url,
    credentials: async ({ attempt }) => (attempt < 3 ? { username: 'alice', password: 'wrong' } : undefined),
  });
  const error = await client.fetch(`${origin.url}/echo`).catch((thrown) => thrown);
  expect(error.cause).toMatchObject({ code: 'ERR_PROXY_AUTH_REQUESTED', offered: ['basic'] });
  expect(error.cause.tried).toEqual([expect.objectContaining({ scheme: 'basic' })]);
  expect(`${error.cause.message} ${JSON.stringify(error.cause)}`).not.toContain('wrong');
});

describe('header values with line breaks', () => {
  test.each(['a\r\nx: y', 'a\nb', 'a\0b'])('%j', async (value) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = environment.client();
    await expect(client.request(`${origin.url}/echo`, { headers: { 'x-test': value } })).rejects.toThrow(TypeError);
    expect(origin.stats.requests).toBe(0);
  });
});

describe('options of wrong types', () => {
  const wrong: readonly [string, unknown][] = [
    ['proxy', 42],
    ['proxy', 'not a url'],
    ['proxy', 'gopher://proxy.test'],
    ['auth', 'basic'],
    ['auth', [{}]],
    ['credentials', { username: 'alice', password: 'wonderland' }],
    ['limits', { perOrigin: 0 }],
    ['timeouts', { connectMs: -1 }],
    ['timeouts', { headersMs: 'soon' }],
    ['tls', 'none'],
    ['http2', 'yes'],
    ['cookies', 'yes'],
    ['decode', 1],
    ['replayBufferBytes', -5],
    ['layers', [{ before: 'nothing', layer: (dispatch: unknown) => dispatch }]],
    ['redirect', { mode: 'sometimes' }],
    ['colour', 'blue'],
  ];
  test.each(wrong)('%s: %j', (name, value) => {
    expect(() => environment.client({ [name]: value } as ClientOptions)).toThrow(TypeError);
  });
});

test('no stage hangs: a signal ends every one of them', async () => {
  const { lab } = environment;
  const stages: [Fault, 'origin' | 'proxy'][] = [
    [{ kind: 'stall', at: 'accept' }, 'origin'],
    [{ kind: 'stall', at: 'tls' }, 'origin'],
    [{ kind: 'stall', at: 'request' }, 'origin'],
    [{ kind: 'stall', at: 'headers' }, 'origin'],
    [{ kind: 'stall', at: 'body' }, 'origin'],
    [{ kind: 'stall', at: 'connect' }, 'proxy'],
    [{ kind: 'stall', at: 'tunnel' }, 'proxy'],
  ];
  for (const [fault, at] of stages) {
    const origin = await lab.origin({ protocol: 'https', ...(at === 'origin' && { fault }) });
    const proxy = at === 'proxy' ? await lab.proxy({ fault }) : undefined;
    const client = environment.client({ proxy: proxy?.url });
    const abort = new AbortController();
    const reason = new Error(`given up at ${fault.kind}`);
    const answer = client
      .request(`${origin.url}/big?bytes=100000`, { signal: abort.signal })
      .then(({ body }) => body.text())
      .catch((error) => error);
    await (proxy ?? origin).until((server) => server.stats.faults > 0);
    abort.abort(reason);
    expect(await answer).toBe(reason);
    await (proxy ?? origin).until((server) => server.stats.openConnections === 0);
  }
});

test('an upgrade by request, which has no socket to give, is refused', async () => {
  const upgrade = { upgrade: 'websocket' };
  await expect(environment.client().request('http://localhost/', upgrade)).rejects.toThrow(TypeError);
});
