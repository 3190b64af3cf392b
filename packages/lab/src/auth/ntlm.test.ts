import { describe, expect, it } from 'vitest';
import { ntlmAuth } from './ntlm.js';
import { NtlmAcceptor } from './ntlm-acceptor.js';
import { md4, rc4 } from './ntlm-crypto.js';
import { ntlmSignature } from './ntlm-signature.js';
import type { Attempt } from './scheme.js';

const users = { alice: 'wonderland' };
const negotiate = Buffer.from('4e544c4d53535000010000000782080000000000200000000000000020000000', 'hex');

it('has the MD4 of RFC 1320', () => {
  expect(md4(Buffer.from('')).toString('hex')).toBe('31d6cfe0d16ae931b73c59d7e0c089c0');
  expect(md4(Buffer.from('abc')).toString('hex')).toBe('a448017aaf21d8525fc10ae87aa6729d');
  expect(md4(Buffer.from('1234567890'.repeat(8))).toString('hex')).toBe('e33b4ddc9c38f2199c3e7b164fcc0536');
});

it('has the RC4 of RFC 6229', () => {
  const key = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
  expect(rc4(key, Buffer.alloc(16)).toString('hex')).toBe('9ac7cc9a609d1ef7b2932899cde41b97');
});

it('signs one message after the other, each side with keys of its own', () => {
  const session = { sessionKey: Buffer.alloc(16, 0x55), flags: 0xe28a8233 };
  const message = Buffer.from('Plaintext', 'utf16le');
  const signatures = [
    ntlmSignature(session, 'client', 0, message),
    ntlmSignature(session, 'client', 1, message),
    ntlmSignature(session, 'server', 0, message),
  ].map((signature) => signature.toString('hex'));
  expect(new Set(signatures).size).toBe(3);
  expect(signatures.map((signature) => signature.slice(0, 8) + signature.slice(24))).toEqual([
    '0100000000000000',
    '0100000001000000',
    '0100000000000000',
  ]);
});

describe('ntlmAuth', () => {
  const attempt = () => ({ connection: {}, certificate: undefined }) as unknown as Attempt;
  const start = (options = {}) => ntlmAuth(options).start({ target: 'proxy', realm: 'lab', users });
  const token = negotiate.toString('base64');

  it('answers a Negotiate message with a nonce of its own each time', async () => {
    const verifier = start();
    const challenges = [await verifier.verify(token, attempt()), await verifier.verify(token, attempt())];
    const nonces = challenges.map((verdict) => {
      const challenge = Buffer.from((verdict as { challenge: string }).challenge.slice('NTLM '.length), 'base64');
      expect(challenge.subarray(0, 12).toString('latin1')).toBe('NTLMSSP\0\x02\0\0\0');
      return challenge.subarray(24, 32).toString('hex');
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('ends the sign-in when a second Negotiate message comes, and begins again with the third', async () => {
    const [verifier, same] = [start(), attempt()];
    const results = [];
    for (let round = 0; round < 3; round++) results.push((await verifier.verify(token, same)).result);
    expect(results).toEqual(['continue', 'rejected', 'continue']);
  });

  it('forgets its first challenges where it is to', async () => {
    const verifier = start({ forgets: 1 });
    const same = attempt();
    const answer = Buffer.from('NTLMSSP\0\x03\0\0\0').toString('base64');
    const reasons = [];
    for (let round = 0; round < 2; round++) {
      await verifier.verify(token, same);
      reasons.push((await verifier.verify(answer, same)) as { reason: string });
    }
    expect(reasons[0]?.reason).toBe('the challenge was forgotten');
    expect(reasons[1]?.reason).not.toBe('the challenge was forgotten');
  });

  it.each(['', '!!!!', 'TlRMTVNTUAADAAAA'])('refuses the token "%s" without a challenge', async (credentials) => {
    const verdict = await start().verify(credentials, attempt());
    expect(verdict).toMatchObject({ result: 'rejected', reason: 'no challenge was given to this connection' });
  });

  it('refuses what is no answer to its challenge', async () => {
    const acceptor = new NtlmAcceptor({ minNegotiateBytes: 40 });
    expect(() => acceptor.challenge(negotiate)).toThrow('Negotiate message of 32 bytes');
    expect(() => acceptor.accept(negotiate, users)).toThrow('no Authenticate message');
    const cut = Buffer.concat([Buffer.from('NTLMSSP\0\x03\0\0\0'), Buffer.alloc(20)]);
    expect(() => acceptor.accept(cut, users)).toThrow(RangeError);
  });
});
