import { connect as http2Connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BOUND_HELLO,
  basicAuth,
  bearerAuth,
  boundAuth,
  boundResponse,
  createLab,
  digestAuth,
  type Echo,
  type Lab,
  type Origin,
} from '../src/index.js';
import { ask, oneConnection, RawClient, readAll } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

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
