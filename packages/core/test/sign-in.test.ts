import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type AuthAsk,
  type CredentialsProvider,
  DIRECT,
  type ProxyResolver,
  type ProxyRoute,
  parseProxyUrl,
} from '@netloom/contracts';
import { basicAuth, boundAuth, type DigestAuthOptions, digestAuth, type ServerScheme } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { basic, digest } from '../src/index.js';
import { bound } from './support/bound-scheme.js';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();
const alice = { username: 'alice', password: 'wonderland' };
const jürgen = { username: 'jürgen', password: 'päßword' };

/** Requests to an origin that asks for sign-in, and how often its provider was asked. */
async function originWith(schemes: ServerScheme[], options: Parameters<typeof environment.client>[0] = {}, auth = {}) {
  const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes, ...auth } });
  const asked: AuthAsk[] = [];
  const answer = options.credentials ?? (async () => alice);
  const credentials: CredentialsProvider = (ask) => {
    asked.push(ask);
    return answer(ask);
  };
  const client = environment.client({ ...options, credentials });
  const get = (path = '/echo', init = {}) => outcome(client.request(origin.url + path, init));
  return { origin, client, asked, get };
}

describe('digest', () => {
  const variants: [string, DigestAuthOptions][] = [
    ...(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const).flatMap(
      (algorithm): [string, DigestAuthOptions][] => [
        [algorithm, { algorithms: [algorithm] }],
        [`${algorithm}, auth-int`, { algorithms: [algorithm], qop: ['auth-int'] }],
        [`${algorithm}, nextnonce`, { algorithms: [algorithm], nextnonce: true }],
        [`${algorithm}, stale after two`, { algorithms: [algorithm], staleAfter: 2 }],
        [`${algorithm}, userhash`, { algorithms: [algorithm], userhash: true }],
      ],
    ),
    ['RFC 2069', { qop: [] }],
    ['RFC 2069 without an algorithm, with opaque', { qop: [], omitAlgorithm: true, opaque: 'a "quoted" thing' }],
    ['all algorithms', { algorithms: ['MD5', 'SHA-256', 'SHA-512-256'], qop: ['auth-int', 'auth'], domain: '/' }],
    ['no charset', { charset: false }],
  ];

  test.each(variants)('with %s signs a series of requests', async (_name, options) => {
    for (const identity of [alice, jürgen]) {
      const { get, asked } = await originWith([digestAuth(options)], { credentials: async () => identity });
      expect(await get('/echo?a=b,c')).toBe(200);
      expect(await get('/echo', { method: 'POST', body: 'some text' })).toBe(200);
      expect(await Promise.all([get('/echo?1'), get('/echo?2'), get('/echo?3')])).toEqual([200, 200, 200]);
      expect(asked).toHaveLength(1);
    }
  });

  test('needs one challenge for all requests of a directory', async () => {
    const { origin, get } = await originWith([digestAuth({ nextnonce: true })]);
    for (let i = 0; i < 5; i++) await get(`/echo?${i}`);
    expect(origin.stats.requests).toBe(6);
  });
});

test('the connection is used again when the body of the challenge comes after its head', async () => {
  let connections = 0;
  let sendBody: () => void = () => undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', (request: Buffer) => {
      if (/^authorization:/im.test(request.toString('latin1'))) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="r"\r\nContent-Length: 4\r\n\r\n');
      sendBody = () => socket.write('body');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = environment.client({
    credentials: async () => {
      setImmediate(() => sendBody());
      return alice;
    },
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['/a', '/b']) expect(await outcome(client.request(url + path))).toBe(200);
  await client.close();
  await new Promise((closed) => server.close(closed));
  expect(connections).toBe(1);
});

describe('schemes of one line', () => {
  test('are told apart', async () => {
    const schemes = [boundAuth(), basicAuth(), digestAuth()];
    const { get, asked } = await originWith(schemes, { auth: [digest(), basic()] }, { lines: 'joined' });
    expect(await get()).toBe(200);
    expect(asked[0]).toMatchObject({ scheme: 'digest', schemes: ['bound', 'basic', 'digest'], realm: 'lab' });
  });
});

describe('a server that wants every request signed', () => {
  test.each([true, false])('costs a challenge less each time (announced: %s)', async (announcePersistence) => {
    const auth = { persist: false, announcePersistence };
    const { origin, get } = await originWith([boundAuth()], { auth: [bound()], limits: { perOrigin: 1 } }, auth);
    for (let i = 0; i < 2; i++) expect(await get()).toBe(200);
    const before = origin.stats.requests;
    for (let i = 0; i < 3; i++) expect(await get()).toBe(200);
    expect(origin.stats.requests - before).toBe(6);
    expect(origin.stats.crossSocket).toBe(0);
  });
});

describe('a wrong password', () => {
  test.each([
    ['basic', basicAuth],
    ['digest', digestAuth],
    ['bound', boundAuth],
  ] as const)('is sent once by %s, and asked for again', async (_name, scheme) => {
    const { get, asked, origin } = await originWith([scheme()], {
      credentials: async ({ rejected }) => (rejected ? alice : { ...alice, password: 'wrong' }),
    });
    expect(await get()).toBe(200);
    expect(asked.map(({ attempt, rejected }) => [attempt, rejected?.password])).toEqual([
      [1, undefined],
      [2, 'wrong'],
    ]);
    expect(origin.log.filter(({ type }) => type === 'rejected')).toHaveLength(1);
  });

  test('that is all the provider knows is not tried again and again', async () => {
    const { get, origin } = await originWith([basicAuth()], { credentials: async () => ({ ...alice, password: 'x' }) });
    expect(await get()).toBe(401);
    expect(origin.log.filter(({ type }) => type === 'rejected')).toHaveLength(1);
  });
});

describe('a provider that uses the client', () => {
  test.each(['http', 'https'] as const)(
    'to fetch the password through the proxy that asks for it (%s)',
    async (protocol) => {
      const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
      const origin = await environment.lab.origin({ protocol });
      const inner: (number | string)[] = [];
      const client = environment.client({
        proxy: proxy.url,
        credentials: async () => {
          // The proxy asks here as well; nobody but this provider could answer, so that this request fails.
          inner.push(await outcome(client.request(`${origin.url}/echo`)));
          return alice;
        },
      });
      const answers = Array.from({ length: 5 }, () => outcome(client.request(`${origin.url}/echo`)));
      expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
      expect(inner).toEqual([protocol === 'http' ? 407 : 'ERR_PROXY_AUTH_REQUESTED']);
    },
  );

  test.each([
    ['of the client', { total: 1 }],
    ['of the client', { perProxy: 1 }],
    ['of the request', { total: 1 }],
  ] as const)('is not kept waiting by the limits, for which those wait who ask it (%s, %o)', async (whose, limits) => {
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const origin = await environment.lab.origin({ protocol: 'https' });
    const vault = await environment.lab.origin({ protocol: 'http' });
    const provider = async () => {
      const { statusCode } = await client.request(`${vault.url}/echo`);
      return statusCode === 200 ? alice : undefined;
    };
    const toProxy: ProxyRoute = { proxy: parseProxyUrl(proxy.url) };
    const resolver: ProxyResolver = {
      resolve: async (url) => ({
        routes: [url.origin === vault.url ? DIRECT : toProxy],
        why: { source: 'test' },
        settle: () => undefined,
      }),
    };
    const client = environment.client({
      proxy: resolver,
      limits,
      credentials: whose === 'of the client' ? provider : undefined,
    });
    const own = whose === 'of the request' ? { credentialsProvider: provider } : {};
    const answers = Array.from({ length: 3 }, () => outcome(client.request(`${origin.url}/echo`, own)));
    expect(await Promise.all(answers)).toEqual([200, 200, 200]);
  });

  test('to fetch the password from a server that asks for another one', async () => {
    const vault = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()], realm: 'vault' } });
    const { get, client } = await originWith([digestAuth()], {
      credentials: async ({ realm }) => {
        if (realm === 'vault') return alice;
        const { statusCode } = await client.request(`${vault.url}/echo`);
        return statusCode === 200 ? alice : undefined;
      },
    });
    expect(await Promise.all([get(), get()])).toEqual([200, 200]);
  });
});
