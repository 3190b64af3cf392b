import { createHash } from 'node:crypto';
import { type CredentialsProvider, type Identity, isNetError } from '@netloom/contracts';
import { basic, type ClientOptions, createClient } from '@netloom/core';
import {
  basicAuth,
  createLab,
  type HttpProxy,
  type Lab,
  type LabServer,
  type NtlmAuthOptions,
  type NtlmChallengeFault,
  ntlmAuth,
  type Origin,
} from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ntlm } from '../src/index.js';

const alice: Identity = { username: 'LAB\\alice', password: 'wonderland' };

const plainAlice: Identity = { ...alice, username: 'alice' };

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const clients: ReturnType<typeof createClient>[] = [];
afterAll(() => Promise.all(clients.map((client) => client.destroy())));

/** A client that trusts the lab and signs in by NTLM. */
function clientOf(options: ClientOptions = {}) {
  const tls = { ca: lab.ca.cert, trust: 'none' } as const;
  const client = createClient({ auth: [ntlm()], credentials: async () => alice, tls, proxyTls: tls, ...options });
  clients.push(client);
  return client;
}

const ntlmOnly = (options: NtlmAuthOptions = {}) => ({ schemes: [ntlmAuth(options)] });
const proxyWith = (options: NtlmAuthOptions = {}) => lab.proxy({ auth: ntlmOnly(options) });

async function get(client: ReturnType<typeof createClient>, url: string): Promise<number> {
  const response = await client.request(url);
  await response.body.dump();
  return response.statusCode;
}

const rejections = (server: LabServer) =>
  server.log.flatMap((event) => (event.type === 'rejected' ? [event.reason] : []));

/** The NTLM tokens that a server was sent, as header values. */
const tokensOf = (server: LabServer) =>
  server.log.flatMap((event) =>
    event.type === 'request' ? event.headers.filter((value) => value.startsWith('NTLM ')) : [],
  );

interface Way {
  readonly protocol: 'http' | 'https' | 'h2';
  readonly proxy?: 'http' | 'https';
  readonly asks: 'server' | 'proxy';
}

describe.each<[string, Way]>([
  ['an http server', { protocol: 'http', asks: 'server' }],
  ['an https server', { protocol: 'https', asks: 'server' }],
  ['a server that offers HTTP/2', { protocol: 'h2', asks: 'server' }],
  ['an http server behind a proxy', { protocol: 'http', proxy: 'http', asks: 'server' }],
  ['an https server behind a tunnel', { protocol: 'https', proxy: 'http', asks: 'server' }],
  ['a proxy, to an http server', { protocol: 'http', proxy: 'http', asks: 'proxy' }],
  ['a proxy, for a tunnel', { protocol: 'https', proxy: 'http', asks: 'proxy' }],
  ['an https proxy, to an http server', { protocol: 'http', proxy: 'https', asks: 'proxy' }],
  ['an https proxy, for a tunnel', { protocol: 'h2', proxy: 'https', asks: 'proxy' }],
])('%s', (_, { protocol, proxy: proxyScheme, asks }) => {
  // Where the header travels in TLS, the answer has to be bound to it.
  const auth = ntlmOnly({ channelBinding: 'require' });

  it('takes three requests to sign a connection in, and one each from then on', async () => {
    const origin = await lab.origin({ protocol, ...(asks === 'server' && { auth }) });
    const proxy = proxyScheme && (await lab.proxy({ tls: proxyScheme === 'https', ...(asks === 'proxy' && { auth }) }));
    const client = clientOf(proxy && { proxy: proxy.url });
    const asking: LabServer = asks === 'server' ? origin : proxy!;

    expect(await get(client, `${origin.url}/echo`)).toBe(200);
    const before = asking.stats.requests;
    // Where HTTP/2 is offered, the first of them is on a connection of its own: NTLM goes on by HTTP/1.1.
    expect(before).toBe(3);

    for (let count = 0; count < 5; count++) expect(await get(client, `${origin.url}/echo`)).toBe(200);
    const tunnelled = asks === 'proxy' && protocol !== 'http';
    expect(asking.stats.requests - before).toBe(tunnelled ? 0 : 5);
    expect(asking.stats).toMatchObject({ handshakes: 1, crossSocket: 0 });
    expect(rejections(asking)).toEqual([]);
  });
});

describe('many requests at a time', () => {
  it('share at most six connections, each of which is signed in once', async () => {
    const [origin, proxy] = [await lab.origin({ protocol: 'http' }), await proxyWith()];
    const questions: string[] = [];
    const client = clientOf({
      proxy: proxy.url,
      limits: { perOrigin: 6 },
      credentials: async ({ scheme }) => {
        questions.push(scheme);
        return alice;
      },
    });
    const statuses = await Promise.all(Array.from({ length: 500 }, () => get(client, `${origin.url}/`)));
    expect(statuses.filter((status) => status === 200).length).toBe(500);
    expect(questions).toEqual(['ntlm']);
    const { connections, handshakes, crossSocket } = proxy.stats;
    expect(connections).toBeLessThanOrEqual(6);
    expect(handshakes).toBe(connections);
    expect(crossSocket).toBe(0);
    expect(rejections(proxy)).toEqual([]);
  });

  it.each([
    ['an https server', 'https'],
    ['a server that offers HTTP/2', 'h2'],
  ] as const)('send a token on no connection that is signed in, to %s', async (_, protocol) => {
    const origin = await lab.origin({ protocol, auth: ntlmOnly({ channelBinding: 'require' }) });
    const client = clientOf({ limits: { perOrigin: 6 } });
    const statuses = await Promise.all(Array.from({ length: 50 }, () => get(client, `${origin.url}/`)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(tokensOf(origin).length).toBe(2 * origin.stats.handshakes);
    expect(origin.stats.handshakes).toBeLessThanOrEqual(6);
    expect(rejections(origin)).toEqual([]);
  });
});

describe('uploads', () => {
  const payload = Buffer.alloc(1_000_000, 'netloom ');
  const upload = { bytes: payload.length, sha256: createHash('sha256').update(payload).digest('hex') };
  async function* inPieces() {
    for (let at = 0; at < payload.length; at += 16_384) yield payload.subarray(at, at + 16_384);
  }

  it.each([
    ['a buffer', () => payload],
    ['a stream', () => inPieces()],
    ['a function that opens a stream', () => inPieces],
  ])('of 1 MB arrive once, from %s', async (_, body) => {
    for (const asks of ['proxy', 'server'] as const) {
      const auth = ntlmOnly();
      const origin = await lab.origin({ protocol: 'http', ...(asks === 'server' && { auth }) });
      const proxy = await lab.proxy(asks === 'proxy' ? { auth } : {});
      const client = clientOf({ proxy: proxy.url });
      const headers = { 'x-upload-id': 'one' };
      const response = await client.request(`${origin.url}/upload`, { method: 'POST', body: body(), headers });
      expect([response.statusCode, await response.body.json()]).toEqual([200, upload]);
      expect(origin.uploads.get('one')).toEqual([upload]);
    }
  });

  it('that are longer than the replay buffer are sent once the connection is signed in', async () => {
    const [origin, proxy] = [await lab.origin({ protocol: 'http' }), await proxyWith()];
    const client = clientOf({ proxy: proxy.url, replayBufferBytes: 1000 });
    await get(client, `${origin.url}/`);
    const response = await client.request(`${origin.url}/upload`, { method: 'POST', body: inPieces() });
    expect(await response.body.json()).toEqual(upload);
  });
});

describe('a sign-in that is disturbed', () => {
  /** One request through a proxy that is disturbed in some way. */
  async function through(proxy: HttpProxy, options: ClientOptions = {}) {
    const origin = await lab.origin({ protocol: 'http' });
    return get(clientOf({ proxy: proxy.url, ...options }), `${origin.url}/`);
  }

  it('goes on at a proxy that closes the connection after its first challenge', async () => {
    const proxy = await lab.proxy({ auth: { ...ntlmOnly(), closeAfterChallenge: true } });
    expect(await through(proxy)).toBe(200);
    expect(proxy.stats).toMatchObject({ handshakes: 1, crossSocket: 0 });
  });

  it.each([
    ['closes', { kind: 'close', at: 'round', first: 1 }],
    ['closes, and says so', { kind: 'close', at: 'round', first: 1, announce: true }],
    ['resets', { kind: 'reset', at: 'round', first: 1 }],
  ] as const)('begins again when a proxy %s the connection between rounds', async (_, fault) => {
    const proxy = await lab.proxy({ auth: ntlmOnly(), fault });
    expect(await through(proxy)).toBe(200);
    expect(proxy.stats).toMatchObject({ faults: 1, handshakes: 1, crossSocket: 0 });
  });

  it('fails at a proxy that always closes the connection between rounds', async () => {
    const proxy = await lab.proxy({ auth: ntlmOnly(), fault: { kind: 'close', at: 'round' } });
    await expect(through(proxy)).rejects.toSatisfy(isNetError);
    expect(proxy.stats.requests).toBeLessThan(20);
  });

  it('takes a challenge that a proxy forgot for a refusal, and asks again', async () => {
    const proxy = await proxyWith({ forgets: 1 });
    const credentials: CredentialsProvider = async ({ attempt }) => (attempt === 1 ? alice : plainAlice);
    expect(await through(proxy, { credentials })).toBe(200);
    expect(rejections(proxy)).toEqual(['the challenge was forgotten']);
  });

  const faults: readonly NtlmChallengeFault[] = ['malformed', 'truncated', 'oversize', 'wrong-type'];

  it.each(faults)('falls to the next scheme on a challenge that is %s', async (challengeFault) => {
    const proxy = await lab.proxy({ auth: { schemes: [ntlmAuth({ challengeFault }), basicAuth()] } });
    expect(await through(proxy, { auth: [ntlm(), basic()], credentials: async () => plainAlice })).toBe(200);
  });

  it.each([...faults, 'not-base64'] as const)(
    'says what is wrong with a challenge that is %s',
    async (challengeFault) => {
      const proxy = await proxyWith({ challengeFault });
      const origin = await lab.origin({ protocol: 'https' });
      await expect(get(clientOf({ proxy: proxy.url }), `${origin.url}/`)).rejects.toMatchObject({
        code: expect.stringContaining('ERR_PROXY_AUTH'),
        tried: [{ scheme: 'ntlm', reason: expect.any(String) }],
      });
      expect(proxy.stats.handshakes).toBe(0);
    },
  );
});

describe('credentials', () => {
  it.each<[string, Identity, NtlmAuthOptions]>([
    ['a wrong password', { ...alice, password: 'queen' }, {}],
    ['an empty password', { ...alice, password: '' }, {}],
    ['a locked account', alice, { refused: { alice: 'locked' } }],
    ['an expired password', alice, { refused: { alice: 'expired' } }],
  ])('that are refused are asked for again: %s', async (_, identity, server) => {
    const origin: Origin = await lab.origin({ protocol: 'http', auth: ntlmOnly(server) });
    const rejected: (string | undefined)[] = [];
    const client = clientOf({
      credentials: async (ask) => {
        rejected.push(ask.rejected?.username);
        return ask.attempt === 1 ? identity : undefined;
      },
    });
    expect(await get(client, `${origin.url}/`)).toBe(401);
    expect(rejected).toEqual([undefined, 'LAB\\alice']);
  });

  it('beyond ASCII are accepted', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: ntlmOnly() });
    const credentials = async () => ({ username: 'LAB\\jürgen', password: 'päßword' });
    expect(await get(clientOf({ credentials }), `${origin.url}/`)).toBe(200);
  });

  it('may be an NT hash, which is part of who it is', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: ntlmOnly() });
    const hashes = ['00'.repeat(16), '3e057cd123205aa168af5f121716b335'];
    const credentials: CredentialsProvider = async ({ attempt }) => {
      const ntHash = hashes[attempt - 1];
      return ntHash === undefined ? undefined : { username: 'alice', password: '', ntHash };
    };
    expect(await get(clientOf({ credentials }), `${origin.url}/`)).toBe(200);
    expect(rejections(origin)).toEqual(['wrong password']);
  });

  it('never leave the process: neither password nor hash is on the wire', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: ntlmOnly() });
    await get(clientOf(), `${origin.url}/`);
    const tokens = tokensOf(origin);
    expect(tokens.length).toBe(2);
    const sent = Buffer.concat(tokens.map((token) => Buffer.from(token.slice(5), 'base64')));
    expect(sent.includes('wonderland', 0, 'utf16le') || sent.includes('wonderland')).toBe(false);
    expect(sent.includes(Buffer.from('3e057cd123205aa168af5f121716b335', 'hex'))).toBe(false);
  });
});
