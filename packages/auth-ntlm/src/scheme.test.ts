import type { AuthContext } from '@netloom/contracts';
import { NtlmAcceptor, type NtlmChallengeFault } from '@netloom/lab';
import { describe, expect, it } from 'vitest';
import { challengeOf, challengeWith, contextOf, never } from '../test/context.js';
import { ntlm } from './index.js';
import { decodeNegotiate } from './messages/index.js';

const start = (changes: Partial<AuthContext> = {}) => ntlm().start(contextOf(changes));

describe('ntlm', () => {
  it('belongs to a connection of HTTP/1.1', () => {
    expect(ntlm()).toMatchObject({ name: 'ntlm', connectionBound: true, requiresHttp1: true });
  });

  it.each([
    [{ workstation: 'x'.repeat(256) }, 'workstation has to be a string of at most 255'],
    [{ workstation: 7 }, 'workstation has to be'],
    [{ versionField: 'no' }, 'versionField has to be a boolean'],
    [{ extendedProtection: 1 }, 'extendedProtection has to be a boolean'],
    [{ response: 'LM' }, 'response LM is refused: only NTLMv2 is supported'],
    [{ response: 'LMv2' }, 'response LMv2 is refused'],
    [{ response: 'NTLMv1' }, 'response NTLMv1 is refused'],
    [{ response: 'NTLMv3' }, 'response has to be NTLMv2'],
  ])('refuses the options %o', (options, message) => {
    expect(() => ntlm(options as never)).toThrow(TypeError);
    expect(() => ntlm(options as never)).toThrow(message);
  });

  it.each([
    ['no identity', undefined, 'ERR_MISSING_AUTH_CREDENTIALS', 'disable-scheme'],
    ['the logged-in user', 'ambient', 'ERR_UNSUPPORTED_AUTH_SCHEME', 'disable-scheme'],
    ['a long user name', { username: 'x'.repeat(105), password: '' }, 'ERR_MALFORMED_IDENTITY', 'drop-identity'],
    [
      'a long domain',
      { username: 'x', password: '', domain: 'd'.repeat(256) },
      'ERR_MALFORMED_IDENTITY',
      'drop-identity',
    ],
    ['half an NT hash', { username: 'x', password: '', ntHash: 'abcd' }, 'ERR_MALFORMED_IDENTITY', 'drop-identity'],
  ] as const)('does not start with %s', (_, identity, code, effect) => {
    expect(() => start({ identity })).toThrow(expect.objectContaining({ code, effect }));
  });
});

describe('a conversation', () => {
  it('begins with a Negotiate message that has its version field', async () => {
    const negotiate = decodeNegotiate(await start().step(challengeOf('NTLM'), never));
    expect(negotiate.version).toEqual({ major: 10, minor: 0, build: 0, revision: 15 });
    expect(negotiate.domain ?? negotiate.workstation).toBeUndefined();
  });

  it('does not begin with a token', async () => {
    await expect(start().step(challengeOf('NTLM TlRM'), never)).rejects.toMatchObject({
      code: 'ERR_INVALID_RESPONSE',
      effect: 'disable-scheme',
    });
  });

  it('takes a bare challenge in the middle for a refusal', async () => {
    const conversation = start();
    await conversation.step(challengeOf('NTLM'), never);
    await expect(conversation.step(challengeOf('NTLM'), never)).rejects.toMatchObject({
      code: 'ERR_INVALID_AUTH_CREDENTIALS',
      effect: 'drop-identity',
    });
  });

  it.each([
    ['malformed', 'target information ends in attribute 4'],
    ['truncated', 'target name has 6 bytes at offset 56 of 30 bytes'],
    ['oversize', 'at most 32768 are taken'],
    ['wrong-type', 'type is 1, expected 2'],
  ] satisfies [NtlmChallengeFault, string][])(
    'gives the scheme up on a %s challenge',
    async (challengeFault, detail) => {
      const conversation = start();
      const negotiate = Buffer.from(await conversation.step(challengeOf('NTLM'), never));
      const challenge = challengeWith(new NtlmAcceptor({ challengeFault }).challenge(negotiate));
      await expect(conversation.step(challenge, never)).rejects.toMatchObject({
        code: 'ERR_INVALID_RESPONSE',
        effect: 'disable-scheme',
        detail: expect.stringContaining(detail),
      });
      conversation.dispose();
    },
  );

  it.each(['!!!!', 'TlRM-VNT', 'TlRMT', 'T==='])('gives the scheme up on the token %s', async (token) => {
    const conversation = start();
    await conversation.step(challengeOf('NTLM'), never);
    await expect(conversation.step(challengeOf(`NTLM ${token}`), never)).rejects.toThrow('is not base64');
  });

  it('gives the scheme up on a challenge that its parser could not read', async () => {
    const conversation = start();
    await conversation.step(challengeOf('NTLM'), never);
    const challenge = { scheme: 'ntlm', params: [], text: 'NTLM a b', malformed: true };
    await expect(conversation.step(challenge, never)).rejects.toThrow('is not base64');
  });

  it('cannot go on with names beyond ASCII at a server without Unicode', async () => {
    const conversation = start({ identity: { username: 'jürgen', password: 'secret' } });
    await conversation.step(challengeOf('NTLM'), never);
    const oem = Buffer.from('4e544c4d53535000020000000000000020000000068208000123456789abcdef', 'hex');
    await expect(conversation.step(challengeWith(oem), never)).rejects.toMatchObject({
      effect: 'disable-scheme',
      detail: expect.stringContaining('username is not ASCII'),
    });
  });

  it('stops when its request was given up', async () => {
    await expect(start().step(challengeOf('NTLM'), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });

  it('has no further word at its end', async () => {
    await expect(start().finish({ status: 200 })).resolves.toBe('ok');
  });

  it('does not answer after its disposal', async () => {
    const conversation = start();
    const negotiate = Buffer.from(await conversation.step(challengeOf('NTLM'), never));
    conversation.dispose();
    const challenge = challengeWith(new NtlmAcceptor().challenge(negotiate));
    await expect(conversation.step(challenge, never)).rejects.toThrow('out of turn');
  });
});
