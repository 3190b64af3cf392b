import { createHash } from 'node:crypto';
import type { NtlmSession } from './ntlm-acceptor.js';
import { hmacMd5, rc4 } from './ntlm-crypto.js';

const KEY_EXCH = 0x40000000;
const KEY_128 = 0x20000000;
const KEY_56 = 0x80000000;

/**
 * A signature (GSS_GetMIC) with extended session security (MS-NLMP 3.4.4.2), as SPNEGO makes of its list of mechanisms.
 *
 * @param from - whose signature it is.
 * @param number - 0 for the first signature of this side, and so on.
 */
export function ntlmSignature(
  { sessionKey, flags }: Pick<NtlmSession, 'sessionKey' | 'flags'>,
  from: 'client' | 'server',
  number: number,
  message: Buffer,
): Buffer {
  const direction = from === 'client' ? 'client-to-server' : 'server-to-client';
  const key = (material: Buffer, purpose: string) =>
    createHash('md5').update(material).update(`session key to ${direction} ${purpose} key magic constant\0`).digest();
  const sequence = Buffer.alloc(4);
  sequence.writeUInt32LE(number);
  let checksum = hmacMd5(key(sessionKey, 'signing'), sequence, message).subarray(0, 8);
  if ((flags & KEY_EXCH) !== 0) {
    const strength = (flags & KEY_128) !== 0 ? 16 : (flags & KEY_56) !== 0 ? 7 : 5;
    // One key stream runs through all signatures of a side, eight bytes in each.
    const behindEarlier = Buffer.concat([Buffer.alloc(8 * number), checksum]);
    checksum = rc4(key(sessionKey.subarray(0, strength), 'sealing'), behindEarlier).subarray(8 * number);
  }
  return Buffer.concat([Buffer.of(1, 0, 0, 0), checksum, sequence]);
}
