import { ntlmMechanism } from '@netloom/auth-ntlm';
import type { CredentialsProvider, Identity } from '@netloom/contracts';
import { basic, type ClientOptions, createClient } from '@netloom/core';
import {
  type AuthOptions,
  basicAuth,
  createLab,
  type Lab,
  type LabServer,
  type NegotiateAuthOptions,
  negotiateAuth,
} from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NegotiateOptions, negotiate } from '../src/index.js';
import { challengeOf, contextOf, never } from './context.js';

const alice: Identity = { username: 'LAB\\alice', password: 'wonderland' };
const managed = (options: NegotiateOptions = {}) =>
  negotiate({ ntlm: ntlmMechanism(), providers: ['managed'], ...options });

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

const clients: ReturnType<typeof createClient>[] = [];
afterAll(() => Promise.all(clients.map((client) => client.destroy())));

/** A client that trusts the lab and signs in by NTLM inside SPNEGO. */
function clientOf(options: ClientOptions = {}) {
  const tls = { ca: lab.ca.cert, trust: 'none' } as const;
  const client = createClient({ auth: [managed()], credentials: async () => alice, tls, proxyTls: tls, ...options });
  clients.push(client);
  return client;
}

const only = (options: NegotiateAuthOptions = {}, more: Partial<AuthOptions> = {}) => ({
  schemes: [negotiateAuth(options)],
  ...more,
});

async function get(client: ReturnType<typeof createClient>, url: string): Promise<number> {
  const response = await client.request(url);
  await response.body.dump();
  return response.statusCode;
}

/** What a server was sent: the first letters of the tokens, `-` for a request without one. */
const tokensOf = (server: LabServer) =>
  server.log.flatMap((event) => {
    if (event.type !== 'request') return [];
    const token = event.headers.find((value) => value.startsWith('Negotiate '));
    if (token === undefined) return ['-'];
    const bytes = Buffer.from(token.slice('Negotiate '.length), 'base64');
    return [bytes[0] === 0x60 ? 'init' : bytes[0] === 0xa1 ? 'resp' : `bare ${bytes[8]}`];
  });
const rejections = (server: LabServer) =>
  server.log.flatMap((event) => (event.type === 'rejected' ? [event.reason] : []));

describe('NTLM inside SPNEGO', () => {
  it('signs a connection in once', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only({ mic: 'require' }) });
    const client = clientOf();
    expect([await get(client, `${origin.url}/echo`), await get(client, `${origin.url}/echo`)]).toEqual([200, 200]);
    expect(tokensOf(origin)).toEqual(['-', 'init', 'resp', '-']);
    expect(origin.stats.connections).toBe(1);
  });

  it.each(['http', 'https'] as const)('signs in at a proxy, for %s', async (protocol) => {
    const origin = await lab.origin({ protocol });
    const proxy = await lab.proxy({ tls: true, auth: only({ mic: 'request', channelBinding: 'require' }) });
    expect(await get(clientOf({ proxy: proxy.url }), `${origin.url}/echo`)).toBe(200);
    expect(proxy.stats.connections).toBe(1);
  });

  it('signs in over HTTP/1.1 at a server that speaks HTTP/2 too', async () => {
    const origin = await lab.origin({ protocol: 'h2', auth: only({ channelBinding: 'require' }) });
    const response = await clientOf().request(`${origin.url}/echo`);
    await response.body.dump();
    expect([response.statusCode, response.connection?.protocol, response.auth.server]).toEqual([
      200,
      'http/1.1',
      'negotiate',
    ]);
  });

  it('goes on bare where the server answers so', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only({ answersBare: true }) });
    expect(await get(clientOf(), `${origin.url}/echo`)).toBe(200);
    expect(tokensOf(origin)).toEqual(['-', 'init', 'bare 3']);
  });

  it('begins again bare where the server looks for Kerberos behind SPNEGO', async () => {
    const proxy = await lab.proxy({ auth: only({ bareOnly: true }) });
    const origin = await lab.origin({ protocol: 'http' });
    expect(await get(clientOf({ proxy: proxy.url }), `${origin.url}/echo`)).toBe(200);
    expect(tokensOf(proxy)).toEqual(['-', 'init', 'bare 1', 'bare 3']);
  });

  it('is bare from the start where the options say so', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only() });
    expect(await get(clientOf({ auth: [managed({ bareNtlm: true })] }), `${origin.url}/echo`)).toBe(200);
    expect(tokensOf(origin)).toEqual(['-', 'bare 1', 'bare 3']);
  });

  it.each([
    ['a wrong signature', { lastToken: 'wrong-mic' }, "the peer's signature of the list of mechanisms is wrong"],
    ['no signature although it asked for one', { lastToken: 'no-mic', mic: 'request' }, 'did not sign'],
    ['a rejection', { lastToken: 'reject' }, 'rejected'],
  ] as const)('fails the request when the server ends with %s', async (_, options, message) => {
    const origin = await lab.origin({ protocol: 'http', auth: only(options) });
    await expect(get(clientOf(), `${origin.url}/echo`)).rejects.toMatchObject({
      code: 'ERR_INVALID_RESPONSE',
      message: expect.stringContaining(message),
    });
  });

  it.each([{ lastToken: 'none' }, { lastToken: 'no-mic' }] as const)('is content with $lastToken', async (options) => {
    const origin = await lab.origin({ protocol: 'http', auth: only(options) });
    expect(await get(clientOf(), `${origin.url}/echo`)).toBe(200);
  });

  it('proves nothing of the server: where that is required, the request fails', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only() });
    const auth = [managed({ requireMutual: ['server'] })];
    await expect(get(clientOf({ auth }), `${origin.url}/echo`)).rejects.toMatchObject({ code: 'ERR_INVALID_RESPONSE' });
  });

  it('asks again after a wrong password', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only() });
    const credentials: CredentialsProvider = async ({ attempt }) =>
      attempt === 1 ? { ...alice, password: 'wrong' } : alice;
    expect(await get(clientOf({ credentials }), `${origin.url}/echo`)).toBe(200);
    expect(rejections(origin)).toEqual(['wrong password']);
  });

  it('gives way to the next scheme when the challenge cannot be read', async () => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [negotiateAuth({ challengeFault: 'malformed' }), basicAuth()] },
    });
    const response = await clientOf({
      auth: [managed(), basic()],
      credentials: async () => ({ username: 'alice', password: 'wonderland' }),
    }).request(`${origin.url}/echo`);
    await response.body.dump();
    expect([response.statusCode, response.auth.server]).toEqual([200, 'basic']);
  });

  it('says that its first token cannot complete the sign-in', async () => {
    const { start } = managed();
    const conversation = start(contextOf({ identity: alice }));
    expect(conversation.unfinished).toBe(false);
    await conversation.step(challengeOf(), never);
    expect(conversation.unfinished).toBe(true);
    conversation.dispose();
  });

  it('signs 50 requests in on few connections', async () => {
    const proxy = await lab.proxy({ auth: only() });
    const origin = await lab.origin({ protocol: 'http' });
    const client = clientOf({ proxy: proxy.url, limits: { perOrigin: 6 } });
    const statuses = await Promise.all(Array.from({ length: 50 }, () => get(client, `${origin.url}/echo`)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(proxy.stats.connections).toBeLessThanOrEqual(6);
  });
});

describe('a server that wants every request signed', () => {
  it('gets the first token at once, as soon as that is known', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: only({}, { persist: false }) });
    const client = clientOf();
    for (let i = 0; i < 3; i++) expect(await get(client, `${origin.url}/echo`)).toBe(200);
    expect(tokensOf(origin)).toEqual(['-', 'init', 'resp', '-', 'init', 'resp', 'init', 'resp']);
  });

  it('gets it from the second request on where it says so itself', async () => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: only({}, { persist: false, announcePersistence: true }),
    });
    const client = clientOf();
    for (let i = 0; i < 2; i++) expect(await get(client, `${origin.url}/echo`)).toBe(200);
    expect(tokensOf(origin)).toEqual(['-', 'init', 'resp', 'init', 'resp']);
  });
});
