import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import type { AuthContext, ConnectionScheme, Identity } from '@netloom/contracts';
import { type Client, type ClientOptions, createClient } from '@netloom/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Echo } from '../servers/echo-origin.js';
import { run } from '../testbed/daemons.js';
import { DOMAIN, FILES, PEOPLE, PORTS, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import { CONNECTIONS } from './economy.js';
import { squidRequests } from './logs/squid.js';

const ORIGIN = `http://web.test:${PORTS.apacheHttp}/none/`;
const PROXY = `http://proxy.test:${squidPort('main', 'http', 'ntlm')}`;
const PEERS = ['squid-main', 'samba', 'apache'];
const AUTHENTICATE = 'TlRMTVNTUAAD';

/** A client that goes through Squid's NTLM port as this person, and is asked only once. */
function clientOf(identity: Identity, options: ClientOptions = {}): Client {
  const tls = { ca: readFileSync(FILES.ca) };
  return createClient({
    proxy: PROXY,
    auth: [ntlm()],
    limits: { perOrigin: CONNECTIONS },
    tls,
    proxyTls: tls,
    credentials: async ({ attempt }) => (attempt === 1 ? identity : undefined),
    ...options,
  });
}

async function statusFor(identity: Identity): Promise<number> {
  const client = clientOf(identity);
  try {
    const { statusCode, body } = await client.request(ORIGIN);
    await body.dump();
    return statusCode;
  } finally {
    await client.close();
  }
}

describe("NTLM accounts, by Samba's validator", () => {
  const alice = PEOPLE.proxy;
  /** Made for these tests: password, and what is done to the account afterwards. */
  const accounts: Record<string, { password: string; options?: string[] }> = {
    'ntlm-unicode': { password: 'Pässwörd-ключ-密码1' },
    'ntlm-jürgen': { password: 'Wonder-Land1' },
    'ntlm-expired': { password: 'Wonder-Land1', options: ['--must-change-at-next-login'] },
    'ntlm-disabled': { password: 'Wonder-Land1' },
    'ntlm-locked': { password: 'Wonder-Land1' },
  };
  const samba = (...args: string[]) => run('samba-tool', [...args, `--configfile=${FILES.smbConf}`]);

  beforeAll(async () => {
    const known = (await samba('user', 'list')).split('\n');
    for (const [name, { password, options = [] }] of Object.entries(accounts)) {
      if (known.includes(name)) await samba('user', 'delete', name);
      await samba('user', 'create', name, password, ...options);
    }
    await samba('user', 'disable', 'ntlm-disabled');
    // Only for this account: wrong passwords are part of other tests.
    const policy = ['domain', 'passwordsettings', 'pso'];
    const policies = await samba(...policy, 'list');
    if (!policies.includes('ntlm-lockout')) {
      await samba(...policy, 'create', 'ntlm-lockout', '1', '--account-lockout-threshold=2');
    }
    await samba(...policy, 'apply', 'ntlm-lockout', 'ntlm-locked');
  }, 60_000);

  const person = (username: string): Identity => ({ username, password: accounts[username]!.password });

  it.each<[string, Identity]>([
    ['DOMAIN\\user', { ...alice, username: `${DOMAIN}\\${alice.username}` }],
    ['user@realm', { ...alice, username: `${alice.username}@corp.test` }],
    ['user', alice],
    ['a user in upper case', { ...alice, username: alice.username.toUpperCase() }],
    ['a domain beside the user', { ...alice, domain: DOMAIN }],
    ['a user name beyond ASCII, in upper case', { ...person('ntlm-jürgen'), username: 'NTLM-JÜRGEN' }],
    ['a password beyond ASCII', person('ntlm-unicode')],
    ['an NT hash', { username: alice.username, password: '', ntHash: '5d2d530aed99ebb91ccb7c0e7c86870d' }],
  ])('takes %s', (_, identity) => withPeers(PEERS, async () => expect(await statusFor(identity)).toBe(200)));

  it.each<[string, Identity]>([
    ['a wrong password', { ...alice, password: 'wonder-land1' }],
    ['an empty password', { ...alice, password: '' }],
    ['an unknown user', { ...alice, username: 'nobody' }],
    ['a password that has to be changed', person('ntlm-expired')],
    ['a disabled account', person('ntlm-disabled')],
  ])('refuses %s', (_, identity) => withPeers(PEERS, async () => expect(await statusFor(identity)).toBe(407)));

  it('refuses the right password of an account that wrong ones have locked', () =>
    withPeers(PEERS, async () => {
      const locked = person('ntlm-locked');
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(await statusFor({ ...locked, password: 'Wonder-Land2' })).toBe(407);
      }
      expect(await statusFor(locked)).toBe(407);
    }));
});

describe('NTLM at Squid', () => {
  it('500 requests at a time share six connections, each of which is signed in once', () =>
    withPeers(PEERS, async () => {
      const log = squidRequests('main');
      await log.mark();
      const client = clientOf(PEOPLE.proxy);
      const statuses = await Promise.all(
        Array.from({ length: 500 }, async (_, index) => {
          const { statusCode, body } = await client.request(`${ORIGIN}?${index}`);
          await body.dump();
          return statusCode;
        }),
      );
      await client.close();
      expect(new Set(statuses)).toEqual(new Set([200]));
      await expect.poll(async () => (await log.read()).filter(({ status }) => status === 200).length).toBe(500);
      const entries = await log.read();
      const connections = new Set(entries.map(({ connection }) => connection)).size;
      expect(connections).toBeLessThanOrEqual(CONNECTIONS);
      expect(entries.filter(({ proxyAuthorization }) => proxyAuthorization?.includes(AUTHENTICATE))).toHaveLength(
        connections,
      );
    }));

  const payload = Buffer.alloc(1_000_000, 'netloom ');
  const bodies: [string, () => Buffer | AsyncIterable<Uint8Array>][] = [
    ['a buffer', () => payload],
    ['a stream', () => inPieces(payload)],
  ];
  it.each(bodies)('an upload of 1 MB on a signed-in connection arrives whole: %s', (_, body) =>
    withPeers(PEERS, async () => {
      const client = clientOf(PEOPLE.proxy);
      await (await client.request(ORIGIN)).body.dump();
      const response = await client.request(ORIGIN, { method: 'POST', body: body() });
      const { length, sha256 } = (await response.body.json()) as Echo;
      await client.close();
      expect({ length, sha256 }).toEqual({
        length: payload.length,
        sha256: createHash('sha256').update(payload).digest('hex'),
      });
    }),
  );
});

describe('the NTLM mechanism at gss-ntlmssp', () => {
  const url = `https://web.test:${PORTS.bindingAcceptor}/`;

  /** NTLM under the name of Negotiate, as servers take it without SPNEGO around it. */
  const negotiate = (change: (context: AuthContext) => AuthContext): ConnectionScheme => ({
    name: 'negotiate',
    connectionBound: true,
    requiresHttp1: true,
    start(context) {
      const mechanism = ntlmMechanism().start(change(context));
      return {
        async step({ token68 }, signal) {
          const token = token68 === undefined ? undefined : Buffer.from(token68, 'base64');
          return (await mechanism.step(token, signal)).token!;
        },
        finish: async () => 'ok',
        dispose: () => mechanism.dispose(),
      };
    },
  });
  const request = async (change: (context: AuthContext) => AuthContext) => {
    const client = clientOf(PEOPLE.origin, { proxy: undefined, auth: [negotiate(change)] });
    try {
      const { statusCode, body } = await client.request(url);
      return { statusCode, answer: (await body.json()) as { bound?: boolean; mechanism?: string } };
    } finally {
      await client.close();
    }
  };

  it('binds the sign-in to the TLS channel', () =>
    withPeers(['acceptor', 'samba'], async () => {
      const { statusCode, answer } = await request((context) => context);
      expect([statusCode, answer.bound, answer.mechanism]).toEqual([200, true, ntlmMechanism().oid]);
    }));

  it('is refused when it is bound to another channel', () =>
    withPeers(['acceptor', 'samba'], async () => {
      const applicationData = Buffer.from(`tls-server-end-point:${'x'.repeat(32)}`);
      const channelBinding = { type: 'tls-server-end-point', applicationData } as const;
      expect((await request((context) => ({ ...context, channelBinding }))).statusCode).toBe(403);
    }));
});

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
}
