import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { type AuthContext, type ChannelBinding, type Identity, isSchemeError } from '@netloom/contracts';
import { NtlmAcceptor, type NtlmAcceptorOptions, ntlmSignature } from '@netloom/lab';
import { describe, expect, it } from 'vitest';
import { type NtlmOptions, ntlm, ntlmMechanism } from '../src/index.js';
import { decodeAuthenticate } from '../src/messages/index.js';
import { alice, challengeOf, challengeWith, contextOf, hex, never } from './context.js';

const users = { alice: 'wonderland', jürgen: 'päßword', nobody: '', анна: 'пароль🔑' };
const certificate = Buffer.from('any bytes stand for a certificate that was signed with SHA-256');
const channelBinding: ChannelBinding = {
  type: 'tls-server-end-point',
  applicationData: Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    createHash('sha256').update(certificate).digest(),
  ]),
};

interface Setting {
  readonly server?: NtlmAcceptorOptions;
  readonly client?: NtlmOptions;
  readonly context?: Partial<AuthContext>;
  readonly certificate?: Buffer;
}

/** Runs a sign-in between the scheme and a server that was written apart from it. */
async function signIn({ server = {}, client = {}, context = {}, certificate }: Setting) {
  const acceptor = new NtlmAcceptor(server);
  const conversation = ntlm({ workstation: 'DESK', ...client }).start(contextOf(context));
  try {
    const negotiate = await conversation.step(challengeOf('NTLM'), never);
    const challenge = acceptor.challenge(Buffer.from(negotiate));
    const message = Buffer.from(await conversation.step(challengeWith(challenge), never));
    return { ...acceptor.accept(message, users, certificate), message, negotiate };
  } finally {
    conversation.dispose();
  }
}

const as = (username: string, password: string, more: Partial<Identity> = {}): Setting => ({
  context: { identity: { username, password, ...more } },
});

describe('a server that takes NTLMv2 only', () => {
  it.each([
    ['DOMAIN\\user', as('LAB\\alice', 'wonderland')],
    ['the domain in lower case', as('lab\\alice', 'wonderland')],
    ['the user in upper case', as('LAB\\ALICE', 'wonderland')],
    ['user@realm', as('alice@lab.test', 'wonderland')],
    ['user@realm beside a domain', as('alice@lab.test', 'wonderland', { domain: 'ELSEWHERE' })],
    ['user', as('alice', 'wonderland')],
    ['a domain of its own', as('alice', 'wonderland', { domain: 'LAB' })],
    ['an empty password', as('nobody', '')],
    ['a password beyond ASCII', as('LAB\\jürgen', 'päßword')],
    ['names beyond Latin-1', as('анна', 'пароль🔑')],
    ['an NT hash', as('alice', '', { ntHash: '3e057cd123205aa168af5f121716b335' })],
    ['a server without a clock', { server: { timestamp: false } }],
    ['a server that wants 40 bytes', { server: { minNegotiateBytes: 40 } }],
    ['the short Negotiate message', { client: { versionField: false } }],
    ['a channel binding', { server: { channelBinding: 'require' }, context: { channelBinding }, certificate }],
    ['no channel binding where none is wanted', { certificate }],
    ['the target name', { server: { targetName: 'HTTP/server:8080' }, context: { port: 8080 } }],
    [
      'the target name of an address',
      { server: { targetName: 'HTTP/[::1]:8080' }, context: { host: '::1', port: 8080 } },
    ],
  ] satisfies [string, Setting][])('accepts %s', async (_, setting) => {
    await expect(signIn(setting)).resolves.toMatchObject({ user: expect.any(String) });
  });

  it.each([
    ['a wrong password', as('alice', 'Wonderland'), 'wrong password'],
    ['an unknown user', as('mallory', 'wonderland'), 'unknown user'],
    ['another domain', as('OTHER\\alice', 'wonderland'), 'unknown user'],
    ['a wrong NT hash', as('alice', 'wonderland', { ntHash: '00'.repeat(16) }), 'wrong password'],
    ['a locked account', { server: { refused: { alice: 'locked' } } }, 'account is locked'],
    ['a short Negotiate message', { server: { minNegotiateBytes: 40 }, client: { versionField: false } }, '32 bytes'],
    [
      "another server's certificate",
      { server: { channelBinding: 'require' }, context: { channelBinding }, certificate: Buffer.from('other') },
      'wrong channel binding',
    ],
    [
      'a switched-off channel binding',
      {
        server: { channelBinding: 'require' },
        client: { extendedProtection: false },
        context: { channelBinding },
        certificate,
      },
      'no channel binding',
    ],
  ] satisfies [string, Setting, string][])('refuses %s', async (_, setting, reason) => {
    await expect(signIn(setting)).rejects.toThrow(reason);
  });

  it('is told the workstation, no LM response and no session key', async () => {
    const { message, negotiate } = await signIn({});
    expect(negotiate.length).toBe(40);
    const { workstation, lmResponse, encryptedSessionKey, domain, username } = decodeAuthenticate(message);
    expect({ workstation, domain, username, encryptedSessionKey }).toEqual({
      workstation: 'DESK',
      domain: 'LAB',
      username: 'alice',
    });
    expect([...lmResponse]).toEqual(Array(24).fill(0));
  });
});

describe('ntlmMechanism', () => {
  async function establish() {
    const acceptor = new NtlmAcceptor();
    const mechanism = ntlmMechanism().start(contextOf());
    const first = await mechanism.step(undefined, never);
    expect(first.complete).toBe(false);
    const challenge = acceptor.challenge(Buffer.from(first.token!));
    const second = await mechanism.step(challenge, never);
    expect(second.complete).toBe(true);
    return { mechanism, session: acceptor.accept(Buffer.from(second.token!), users) };
  }

  it('agrees with the server on a session key', async () => {
    const { mechanism, session } = await establish();
    expect(Buffer.from(mechanism.sessionKey!).equals(session.sessionKey)).toBe(true);
  });

  it("signs, and verifies the server's signature", async () => {
    const { mechanism, session } = await establish();
    const message = Buffer.from('mechanism list');
    for (const number of [0, 1, 2]) {
      const signature = (from: 'client' | 'server') => ntlmSignature(session, from, number, message);
      expect(hex(mechanism.sign(message))).toBe(hex(signature('client')));
      expect(mechanism.verify(message, signature('server'))).toBe(true);
    }
    expect(mechanism.verify(message, ntlmSignature(session, 'client', 3, message))).toBe(false);
  });

  it('has neither key nor signatures before the end and after disposal', async () => {
    const begun = ntlmMechanism().start(contextOf());
    await begun.step(undefined, never);
    const { mechanism: disposed } = await establish();
    const key = disposed.sessionKey!;
    disposed.dispose();
    expect(key.every((byte) => byte === 0)).toBe(true);
    for (const mechanism of [begun, disposed]) {
      expect(mechanism.sessionKey).toBeUndefined();
      expect(() => mechanism.sign(new Uint8Array())).toThrow('not established');
      expect(() => mechanism.verify(new Uint8Array(), new Uint8Array(16))).toThrow('not established');
    }
  });

  it.each([
    ['a token before its own', [new Uint8Array(3)]],
    ['no token after its own', [undefined, undefined]],
    ['a malformed token', [undefined, new Uint8Array(40)]],
  ])('refuses %s', async (_, tokens) => {
    const mechanism = ntlmMechanism().start(contextOf());
    const run = async () => {
      for (const token of tokens) await mechanism.step(token, never);
    };
    await expect(run()).rejects.toMatchObject({ code: 'ERR_INVALID_RESPONSE', effect: 'disable-scheme' });
    mechanism.dispose();
  });
});

describe('secrets', () => {
  const secret = 'the-secret-password';
  const ntHash = '0123456789abcdef0123456789abcdef';
  const shown = (value: unknown) => inspect(value, { depth: 20, showHidden: true });

  it('are not in what inspect shows of a conversation and of a mechanism', async () => {
    const context = contextOf({ identity: { username: 'alice', password: secret, ntHash } });
    const [conversation, mechanism] = [ntlm().start(context), ntlmMechanism().start(context)];
    await conversation.step(challengeOf('NTLM'), never);
    await mechanism.step(undefined, never);
    for (const value of [conversation, mechanism]) {
      expect(shown(value)).not.toContain(secret);
      expect(shown(value)).not.toContain(ntHash);
      value.dispose();
    }
  });

  it('are not in errors', async () => {
    const context = contextOf({ identity: { username: 'alice', password: secret, ntHash: `${ntHash}x` } });
    try {
      ntlm().start(context);
      expect.unreachable();
    } catch (error) {
      expect(isSchemeError(error) && error.effect).toBe('drop-identity');
      expect(shown(error)).not.toContain(secret);
      expect(shown(error)).not.toContain(ntHash);
    }
  });

  it('are not in what inspect shows of a message', async () => {
    const { message } = await signIn({});
    const decoded = decodeAuthenticate(message);
    const proof = Buffer.from(decoded.ntResponse).subarray(0, 4);
    expect(inspect(decoded)).toContain('NT response: NTLMv2');
    expect(inspect({ decoded }, { depth: 9 })).not.toContain([...proof].join(', '));
  });

  it('are forgotten once the answer is made', async () => {
    const conversation = ntlm().start(contextOf({ identity: alice }));
    const acceptor = new NtlmAcceptor();
    const challenge = challengeWith(
      acceptor.challenge(Buffer.from(await conversation.step(challengeOf('NTLM'), never))),
    );
    await conversation.step(challenge, never);
    await expect(conversation.step(challenge, never)).rejects.toThrow('out of turn');
  });
});
