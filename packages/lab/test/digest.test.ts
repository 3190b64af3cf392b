import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseParams, quoted } from '../src/auth/params.js';
import {
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
import { type Ask, ask } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

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
