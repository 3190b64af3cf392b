import { timingSafeEqual } from 'node:crypto';
import { hmacMd5, md5 } from '../crypto/digest.js';
import { Rc4 } from '../crypto/rc4.js';
import { hasFlag, NegotiateFlag } from '../messages/flags.js';

/** Who signs. */
export type Direction = 'client-to-server' | 'server-to-client';

const SIGNATURE_VERSION = 1;
const CHECKSUM_LENGTH = 8;

/** The key of a direction's signatures: SIGNKEY (MS-NLMP 3.4.5.2). */
export function signingKey(sessionKey: Uint8Array, direction: Direction): Uint8Array {
  return md5(sessionKey, magic(direction, 'signing'));
}

/** The key of a direction's cipher: SEALKEY (MS-NLMP 3.4.5.3). As strong as both sides agreed to. */
export function sealingKey(sessionKey: Uint8Array, direction: Direction, flags: number): Uint8Array {
  const strength = hasFlag(flags, NegotiateFlag.KEY_128) ? 16 : hasFlag(flags, NegotiateFlag.KEY_56) ? 7 : 5;
  return md5(sessionKey.subarray(0, strength), magic(direction, 'sealing'));
}

function magic(direction: Direction, purpose: 'signing' | 'sealing'): Uint8Array {
  return Buffer.from(`session key to ${direction} ${purpose} key magic constant\0`, 'latin1');
}

/** The signatures of one direction with extended session security: each has its number (MS-NLMP 3.4.4.2). */
export class SignatureStream {
  readonly #key: Uint8Array;
  readonly #cipher: Rc4 | undefined;
  #sequence = 0;

  constructor(sessionKey: Uint8Array, flags: number, direction: Direction) {
    this.#key = signingKey(sessionKey, direction);
    if (hasFlag(flags, NegotiateFlag.KEY_EXCH)) {
      const key = sealingKey(sessionKey, direction, flags);
      this.#cipher = new Rc4(key);
      key.fill(0);
    }
  }

  /** The signature of the direction's next message: version, checksum and number, 16 bytes. */
  next(message: Uint8Array): Uint8Array {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence);
    this.#sequence = (this.#sequence + 1) >>> 0;
    const checksum = hmacMd5(this.#key, sequence, message).subarray(0, CHECKSUM_LENGTH);
    const version = Buffer.alloc(4);
    version.writeUInt32LE(SIGNATURE_VERSION);
    return new Uint8Array(Buffer.concat([version, this.#cipher?.process(checksum) ?? checksum, sequence]));
  }

  wipe(): void {
    this.#key.fill(0);
    this.#cipher?.wipe();
  }
}

/** The client's side of an established session: signs its own messages and verifies the server's. */
export class SessionSecurity {
  readonly #own: SignatureStream;
  readonly #peer: SignatureStream;

  constructor(sessionKey: Uint8Array, flags: number) {
    this.#own = new SignatureStream(sessionKey, flags, 'client-to-server');
    this.#peer = new SignatureStream(sessionKey, flags, 'server-to-client');
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#own.next(message);
  }

  /** Whether this is the server's signature of its next message. */
  verify(message: Uint8Array, signature: Uint8Array): boolean {
    const expected = this.#peer.next(message);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }

  wipe(): void {
    this.#own.wipe();
    this.#peer.wipe();
  }
}
