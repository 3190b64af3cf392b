import { randomBytes } from 'node:crypto';
import { connect as http2Connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseParams, quoted } from '../src/auth/params.js';
import {
  BOUND_HELLO,
  basicAuth,
  bearerAuth,
  boundAuth,
  boundResponse,
  createLab,
  type DigestAlgorithm,
  type DigestAuthOptions,
  type DigestQop,
  digestAuth,
  digestHash,
  digestResponse,
  type Echo,
  type Lab,
  type Origin,
} from '../src/index.js';
import { type Ask, ask, oneConnection, RawClient, readAll } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** A client of Digest, as plain as can be; `change` lets a test get something wrong. */
function digestHeader(
  challenge: string,
  {
    user = 'alice',
    password = 'wonderland',
    method = 'GET',
    uri = '/echo',
    body = '',
    nc = 1,
    qop = 'auth' as DigestQop | null,
  },
  change: (params: Map<string, string>) => void = () => undefined,
): string {
  const given = parseParams(challenge.replace(/^Digest /, '')) ?? new Map<string, string>();
  const algorithm = (given.get('algorithm') ?? 'MD5') as DigestAlgorithm;
  const realm = given.get('realm') ?? '';
  const nonce = given.get('nonce') ?? '';
  const count = nc.toString(16).padStart(8, '0');
  const cnonce = randomBytes(6).toString('hex');
  const input = { algorithm, user, password, realm, nonce, method, uri, cnonce, body: Buffer.from(body) };
  const response = digestResponse(qop ? { ...input, qop, nc: count } : input);
  const hashed = given.get('userhash') === 'true';
  const params = new Map([
    ['username', hashed ? digestHash(algorithm, `${user}:${realm}`) : latin1(user)],
    ['realm', realm],
    ['nonce', nonce],
    ['uri', uri],
    ['response', response],
    ['cnonce', cnonce],
  ]);
  if (given.has('algorithm')) params.set('algorithm', algorithm);
  if (given.has('opaque')) params.set('opaque', given.get('opaque') ?? '');
  if (qop) params.set('qop', qop).set('nc', count);
  if (hashed) params.set('userhash', 'true');
  change(params);
  return `Digest ${[...params].map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`;
}

/** What an origin with these options makes of a well-made header that `change` spoils. */
async function digestOrigin(options: DigestAuthOptions = {}) {
  const origin = await lab.origin({ protocol: 'http', auth: { schemes: [digestAuth(options)] } });
  const url = `${origin.url}/echo`;
  const challenge = (await ask(url)).headers['www-authenticate'] ?? '';
  const send = (authorization: string, more: Ask = {}) => ask(url, { headers: { authorization }, ...more });
  return { origin, challenge, send };
}

const reasons = ({ log }: Origin) => log.flatMap((event) => (event.type === 'rejected' ? [event.reason] : []));

describe('Basic and Bearer', () => {
  it('let in who they know, in UTF-8', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()], realm: 'a "b"' } });
    const get = (authorization?: string) =>
      ask(`${origin.url}/echo`, authorization === undefined ? {} : { headers: { authorization } });
    const none = await get();
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Basic realm="a \\"b\\"", charset="UTF-8"']);
    expect((await get(basic('jürgen', 'päßword'))).json<Echo>().user).toBe('jürgen');
    for (const wrong of [
      basic('alice', 'x'),
      basic('nobody', 'x'),
      'Basic eA==',
      'Riddle x',
      basic('__proto__', 'x'),
    ]) {
      expect((await get(wrong)).status).toBe(401);
    }
    expect(reasons(origin)).toEqual([
      'wrong password',
      'unknown user',
      'no colon between user and password',
      'scheme not offered',
      'unknown user',
    ]);
    expect(origin.stats).toMatchObject({ rounds: 6, handshakes: 0 });
  });

  it('takes tokens', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [bearerAuth({ tokens: { t: 'carol' } })] } });
    const get = (token: string) => ask(`${origin.url}/echo`, { headers: { authorization: `Bearer ${token}` } });
    expect((await get('t')).json<Echo>().user).toBe('carol');
    expect((await get('toString')).headers['www-authenticate']).toBe('Bearer realm="lab", error="invalid_token"');
  });
});

describe('Digest', () => {
  it.each(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const)(
    'accepts %s with auth and auth-int',
    async (algorithm) => {
      const { origin, challenge, send } = await digestOrigin({
        algorithms: [algorithm],
        qop: ['auth', 'auth-int'],
        opaque: 'o"p',
      });
      const auth = await send(digestHeader(challenge, { user: 'jürgen', password: 'päßword' }));
      expect(auth.json<Echo>().user).toBe('jürgen');
      const body = 'a body that counts';
      const post = { method: 'POST', body };
      const header = digestHeader(challenge, { ...post, qop: 'auth-int', nc: 2 });
      expect((await send(header, { ...post, headers: { authorization: header } })).json<Echo>().bytes).toBe(
        body.length,
      );
      const spoilt = digestHeader(challenge, { ...post, qop: 'auth-int', nc: 3 });
      expect(
        (await ask(`${origin.url}/echo`, { ...post, body: 'another', headers: { authorization: spoilt } })).status,
      ).toBe(401);
    },
  );

  it('proves itself, over the body as well, and gives the next nonce', async () => {
    const { challenge, send } = await digestOrigin({ qop: ['auth', 'auth-int'], nextnonce: true });
    for (const [nc, qop] of [
      ['1', 'auth'],
      ['2', 'auth-int'],
    ] as const) {
      const header = digestHeader(challenge, { nc: Number(nc), qop });
      const sent = parseParams(header.slice('Digest '.length)) ?? new Map<string, string>();
      const answer = await send(header);
      const info = parseParams(String(answer.headers['authentication-info'])) ?? new Map<string, string>();
      const expected = digestResponse({
        algorithm: 'MD5',
        user: 'alice',
        password: 'wonderland',
        realm: 'lab',
        nonce: sent.get('nonce') ?? '',
        method: '',
        uri: '/echo',
        qop,
        nc: sent.get('nc') ?? '',
        cnonce: sent.get('cnonce') ?? '',
        body: answer.body,
      });
      expect(info.get('rspauth')).toBe(expected);
      expect(info.get('qop')).toBe(qop);
      const next = challenge.replace(/nonce="[^"]*"/, `nonce="${info.get('nextnonce')}"`);
      expect((await send(digestHeader(next, {}))).status).toBe(200);
    }
  });

  it('takes hashed user names, where it asks for them', async () => {
    const { challenge, send, origin } = await digestOrigin({ algorithms: ['SHA-256'], userhash: true });
    expect(challenge).toContain('userhash=true');
    expect((await send(digestHeader(challenge, { user: 'jürgen', password: 'päßword' }))).json<Echo>().user).toBe(
      'jürgen',
    );
    const clear = digestHeader(challenge, { nc: 2 }, (params) => params.set('username', 'alice').delete('userhash'));
    expect((await send(clear)).status).toBe(401);
    expect(reasons(origin)).toEqual(['unknown user']);
  });

  it('reads the extended user name', async () => {
    const { challenge, send } = await digestOrigin();
    const header = digestHeader(challenge, { user: 'jürgen', password: 'päßword' }, (params) => {
      params.delete('username');
    }).replace(/$/, ", username*=UTF-8''j%C3%BCrgen");
    expect((await send(header)).json<Echo>().user).toBe('jürgen');
    expect((await send(header.replace('%C3%BC', '%ZZ'))).status).toBe(401);
  });

  it('works without qop, as of old', async () => {
    const { challenge, send, origin } = await digestOrigin({ qop: [], omitAlgorithm: true, charset: false });
    expect(challenge).toMatch(/^Digest realm="lab", nonce="[^"]+"$/);
    expect((await send(digestHeader(challenge, { qop: null }))).status).toBe(200);
    expect((await send(digestHeader(challenge, {}))).status).toBe(401);
    expect(reasons(origin)).toEqual(['qop not offered: auth']);
  });

  it.each<[string, (params: Map<string, string>) => void]>([
    ['other realm', (params) => params.set('realm', 'elsewhere')],
    ['no nonce', (params) => params.delete('nonce')],
    ['no response', (params) => params.set('response', 'zz')],
    ['uri is not the request target', (params) => params.set('uri', '/other')],
    ['opaque was not returned', (params) => params.set('opaque', 'x')],
    ['no qop', (params) => params.delete('qop')],
    ['qop not offered: auth-int', (params) => params.set('qop', 'auth-int')],
    ['nc is not eight hex digits', (params) => params.set('nc', '1')],
    ['no cnonce', (params) => params.delete('cnonce')],
    ['algorithm not offered: SHA-1', (params) => params.set('algorithm', 'SHA-1')],
    ['unknown user', (params) => params.set('username', 'toString')],
    ['wrong response: password or computation', (params) => params.set('nc', '00000002')],
  ])('refuses: %s', async (reason, change) => {
    const { origin, challenge, send } = await digestOrigin({ opaque: 'o' });
    expect((await send(digestHeader(challenge, {}, change))).status).toBe(401);
    expect(reasons(origin)).toEqual([reason]);
  });

  it('refuses a replayed count and an unknown nonce as stale', async () => {
    const { origin, challenge, send } = await digestOrigin();
    const header = digestHeader(challenge, {});
    expect((await send(header)).status).toBe(200);
    expect((await send(header)).headers['www-authenticate']).toContain('stale=true');
    const forged = digestHeader(challenge.replace(/nonce="[^"]*"/, 'nonce="mine"'), {});
    expect((await send(forged)).headers['www-authenticate']).toContain('stale=true');
    expect((await send('Digest nonsense')).headers['www-authenticate']).not.toContain('stale');
    expect(reasons(origin)).toEqual(['nonce replayed', 'nonce unknown', 'malformed parameters']);
  });

  it('calls a nonce stale after so many uses', async () => {
    const { challenge, send } = await digestOrigin({ staleAfter: 1, domain: '/a /b' });
    expect(challenge).toContain('domain="/a /b"');
    expect((await send(digestHeader(challenge, {}))).status).toBe(200);
    const stale = (await send(digestHeader(challenge, { nc: 2 }))).headers['www-authenticate'] ?? '';
    expect(stale).toContain('stale=true');
    expect((await send(digestHeader(stale, {}))).status).toBe(200);
  });

  it('accepts the path alone at a proxy, as browsers send it, and the absolute URL', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const proxy = await lab.proxy({ auth: { schemes: [digestAuth({ rspauth: false })] } });
    const through = (header?: string) =>
      ask(proxy.url, {
        path: `${origin.url}/echo`,
        headers: { host: 'x', ...(header && { 'proxy-authorization': header }) },
      });
    const challenge = (await through()).headers['proxy-authenticate'] ?? '';
    expect((await through(digestHeader(challenge, {}))).status).toBe(200);
    expect((await through(digestHeader(challenge, { uri: `${origin.url}/echo`, nc: 2 }))).status).toBe(200);
    expect((await through(digestHeader(challenge, { uri: '/other', nc: 3 }))).status).toBe(407);
  });
});

describe('Bound', () => {
  const nonceOf = (challenge = '') => Buffer.from(challenge.slice('Bound '.length), 'base64');

  it('holds for its connection, and for no other', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()], announcePersistence: true } });
    const [one, two] = [oneConnection(), oneConnection()];
    const get = (agent: typeof one, token?: string) =>
      ask(`${origin.url}/echo`, { agent, headers: token === undefined ? {} : { authorization: `Bound ${token}` } });
    const nonce = nonceOf((await get(one, BOUND_HELLO)).headers['www-authenticate']);
    const answer = boundResponse(nonce, 'alice', 'wonderland');
    expect((await get(two, answer)).status).toBe(401);
    expect(origin.stats).toMatchObject({ crossSocket: 1, handshakes: 0 });
    const signedIn = await get(one, answer);
    expect([signedIn.status, signedIn.headers['persistent-auth']]).toEqual([200, 'true']);
    expect((await get(one)).json<Echo>()).toMatchObject({ user: 'alice', connection: 1 });
    expect((await get(two)).status).toBe(401);
    expect(origin.stats).toMatchObject({ connections: 2, handshakes: 1, crossSocket: 1, byConnection: [3, 2] });
    one.destroy();
    two.destroy();
  });

  it('recognises an answer to a connection that is gone', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
    const send = (token: string) =>
      ask(`${origin.url}/`, { headers: { authorization: `Bound ${token}`, connection: 'close' } });
    const nonce = nonceOf((await send(BOUND_HELLO)).headers['www-authenticate']);
    await origin.until(({ stats }) => stats.openConnections === 0);
    await send(boundResponse(nonce, 'alice', 'wonderland'));
    expect(origin.stats.crossSocket).toBe(1);
  });

  it('refuses the rest', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
    const agent = oneConnection();
    const send = (token: string) => ask(`${origin.url}/`, { agent, headers: { authorization: `Bound ${token}` } });
    await send('bm9uc2Vuc2U=');
    await send(boundResponse(Buffer.from('x'), 'nobody', 'x'));
    await send(boundResponse(Buffer.from('x'), 'alice', 'wonderland'));
    const nonce = nonceOf((await send(BOUND_HELLO)).headers['www-authenticate']);
    await send(boundResponse(nonce, 'alice', 'wrong'));
    expect(reasons(origin)).toEqual([
      'neither a hello nor an answer to a nonce',
      'unknown user',
      'no nonce was given to this connection',
      'wrong password',
    ]);
    agent.destroy();
  });

  it('wants every request signed in with persist: false', async () => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [boundAuth()], persist: false, announcePersistence: true },
    });
    const agent = oneConnection();
    const get = (token: string) => ask(`${origin.url}/`, { agent, headers: { authorization: `Bound ${token}` } });
    for (let round = 1; round <= 2; round++) {
      const nonce = nonceOf((await get(BOUND_HELLO)).headers['www-authenticate']);
      expect((await get(boundResponse(nonce, 'alice', 'wonderland'))).headers['persistent-auth']).toBe('false');
      expect(origin.stats.handshakes).toBe(round);
    }
    expect((await ask(`${origin.url}/`, { agent })).status).toBe(401);
    agent.destroy();
  });
});

describe('challenges', () => {
  const schemes = [digestAuth({ algorithms: ['SHA-256', 'MD5'] }), basicAuth()];

  it('come one by line, or joined in one', async () => {
    const lines = async (options: object) => {
      const origin = await lab.origin({ protocol: 'http', auth: { schemes, ...options } });
      const { rawHeaders } = await ask(`${origin.url}/`);
      return rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'www-authenticate');
    };
    expect((await lines({})).map((line) => line.split(' ')[0])).toEqual(['Digest', 'Digest', 'Basic']);
    expect(await lines({ lines: 'joined' })).toEqual([expect.stringMatching(/^Digest .*, Digest .*, Basic realm=/)]);
  });

  it('have a body of the wanted kind', async () => {
    const body = async (options: object) => {
      const origin = await lab.origin({ protocol: 'http', auth: { schemes, ...options } });
      return ask(`${origin.url}/`);
    };
    const sized = await body({ body: { bytes: 5000 } });
    expect([sized.headers['content-length'], sized.body.length]).toEqual(['5000', 5000]);
    const chunked = await body({ body: { bytes: 2500, chunked: true } });
    expect([chunked.headers['transfer-encoding'], chunked.body.length]).toEqual(['chunked', 2500]);
    expect((await body({ body: { bytes: 0 } })).body).toHaveLength(0);
  });

  it('close the connection where asked, and say so', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes, closeAfterChallenge: 1 } });
    const agent = oneConnection();
    expect((await ask(`${origin.url}/`, { agent })).headers.connection).toBe('close');
    expect((await ask(`${origin.url}/`, { agent })).headers.connection).toBe('keep-alive');
    await ask(`${origin.url}/`, { agent });
    expect(origin.stats.connections).toBe(2);
    agent.destroy();
  });

  it('come after the upload, or while it is under way', async () => {
    const late = await lab.origin({ protocol: 'http', auth: { schemes } });
    const head = 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf';
    const patient = new RawClient(late.port);
    patient.write(head);
    await late.until(({ stats }) => stats.requests === 1);
    expect(late.stats.rounds).toBe(0);
    patient.write('done');
    await patient.take(/^HTTP\/1\.1 401 /);
    const hasty = new RawClient((await lab.origin({ protocol: 'http' })).port);
    hasty.write(head.replace('/upload', '/early-401'));
    await hasty.take(/^HTTP\/1\.1 401 [\s\S]*\r\n\r\n.*<\/p>/);
    hasty.write(`doneGET /echo HTTP/1.1\r\nHost: a\r\n\r\n`);
    await hasty.take(/HTTP\/1\.1 200 /);
    for (const { socket } of [patient, hasty]) socket.destroy();
  });

  it('need a scheme', async () => {
    await expect(lab.origin({ protocol: 'http', auth: { schemes: [] } })).rejects.toThrow('auth.schemes is empty');
  });
});

describe('paths of an origin with a sign-in of their own', () => {
  it('are open to who signs in', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const challenges = await Promise.all(
      ['basic', 'digest', 'bound', 'bearer'].map(
        async (name) => (await ask(`${origin.url}/auth/${name}`)).headers['www-authenticate'],
      ),
    );
    expect(challenges.map((challenge) => challenge?.split(' ')[0])).toEqual(['Basic', 'Digest', 'Bound', 'Bearer']);
    const signedIn = await ask(`${origin.url}/auth/basic/deeper`, {
      headers: { authorization: basic('alice', 'wonderland') },
    });
    expect(signedIn.json<Echo>().user).toBe('alice');
    expect((await ask(`${origin.url}/auth/riddle`)).status).toBe(404);
    const proxy = await ask(`${origin.url}/proxy-auth`);
    expect([proxy.status, proxy.headers['proxy-authenticate']]).toEqual([407, 'Basic realm="not a proxy"']);
  });

  it('work over h2', async () => {
    const origin = await lab.origin({ protocol: 'h2', auth: { schemes: [basicAuth()], closeAfterChallenge: true } });
    const session = http2Connect(origin.url, { ca: lab.ca.cert });
    const closed = new Promise((resolve) => session.once('close', resolve));
    const stream = session.request({ ':path': '/echo' });
    const status = new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
    expect(await status).toBe(401);
    await readAll(stream);
    await closed;
    const again = http2Connect(origin.url, { ca: lab.ca.cert });
    const signedIn = again.request({ ':path': '/echo', authorization: basic('alice', 'wonderland') });
    expect(JSON.parse((await readAll(signedIn)).toString())).toMatchObject({ user: 'alice', protocol: 'h2' });
    again.close();
  });
});
