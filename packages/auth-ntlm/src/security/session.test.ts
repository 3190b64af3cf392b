import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytes, hex } from '../../test/context.js';
import { Rc4 } from '../crypto/rc4.js';
import { joinFlags, NegotiateFlag } from '../messages/flags.js';
import { exchangeKey } from './answer.js';
import { SessionSecurity, SignatureStream, sealingKey, signingKey } from './session.js';

const FLAGS = 0xe28a8233;
const randomSessionKey = new Uint8Array(16).fill(0x55);

describe('MS-NLMP 4.2.4, NTLMv2', () => {
  it('wraps the session key (4.2.4.2.3)', () => {
    const { sessionKey, encryptedSessionKey } = exchangeKey(
      FLAGS,
      bytes('8de40ccadbc14a82f15cb0ad0de95ca3'),
      randomSessionKey,
    );
    expect(hex(encryptedSessionKey!)).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
    expect(hex(sessionKey)).toBe('55'.repeat(16));
  });

  it('makes the keys of the session (4.2.4.4)', () => {
    expect(hex(signingKey(randomSessionKey, 'client-to-server'))).toBe('4788dc861b4782f35d43fd98fe1a2d39');
    expect(hex(sealingKey(randomSessionKey, 'client-to-server', FLAGS))).toBe('59f600973cc4960a25480a7c196e4c58');
  });

  it('encrypts a message and its checksum (4.2.4.4)', () => {
    const message = Buffer.from('Plaintext', 'utf16le');
    const cipher = new Rc4(sealingKey(randomSessionKey, 'client-to-server', FLAGS));
    const { KEY_EXCH } = NegotiateFlag;
    const plain = new SignatureStream(randomSessionKey, joinFlags(FLAGS & ~KEY_EXCH), 'client-to-server').next(message);
    expect(hex(cipher.process(message))).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(hex(cipher.process(plain.subarray(4, 12)))).toBe('7fb38ec5c55d4976');
  });
});

describe('SignatureStream', () => {
  it('numbers its signatures, and encrypts their checksums in one stream', () => {
    const stream = new SignatureStream(randomSessionKey, FLAGS, 'server-to-client');
    const cipher = new Rc4(sealingKey(randomSessionKey, 'server-to-client', FLAGS));
    for (const number of [0, 1, 2]) {
      const sequence = Uint8Array.of(number, 0, 0, 0);
      const key = signingKey(randomSessionKey, 'server-to-client');
      const checksum = createHmac('md5', key).update(sequence).update('same').digest().subarray(0, 8);
      const signature = Buffer.concat([Uint8Array.of(1, 0, 0, 0), cipher.process(checksum), sequence]);
      expect(hex(stream.next(Buffer.from('same')))).toBe(hex(signature));
    }
  });

  it.each([
    ['128 bits', NegotiateFlag.KEY_128 | NegotiateFlag.KEY_56, 16],
    ['56 bits', NegotiateFlag.KEY_56, 7],
    ['40 bits', 0, 5],
  ])('uses a sealing key of %s where both sides agreed to it', (_, flags, length) => {
    const key = Uint8Array.from({ length: 16 }, (_value, index) => index);
    const cut = Buffer.concat([key.subarray(0, length), new Uint8Array(16 - length).fill(0xff)]);
    expect(sealingKey(key, 'client-to-server', flags)).toEqual(sealingKey(cut, 'client-to-server', flags));
  });
});

describe('SessionSecurity', () => {
  const server = () => new SignatureStream(randomSessionKey, FLAGS, 'server-to-client');
  const message = Buffer.from('list of mechanisms');

  it("verifies the server's signatures in their order", () => {
    const [session, peer] = [new SessionSecurity(randomSessionKey, FLAGS), server()];
    expect(session.verify(message, peer.next(message))).toBe(true);
    expect(session.verify(message, peer.next(message))).toBe(true);
  });

  it('refuses another message, another direction, a repeated signature and one of another length', () => {
    const signature = server().next(message);
    const fresh = () => new SessionSecurity(randomSessionKey, FLAGS);
    expect(fresh().verify(Buffer.from('other list'), signature)).toBe(false);
    expect(fresh().verify(message, fresh().sign(message))).toBe(false);
    expect(fresh().verify(message, signature.subarray(0, 15))).toBe(false);
    expect(fresh().verify(message, new Uint8Array())).toBe(false);
    const session = fresh();
    expect(session.verify(message, signature)).toBe(true);
    expect(session.verify(message, signature)).toBe(false);
  });
});
