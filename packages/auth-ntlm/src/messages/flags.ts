/** The bits of NegotiateFlags (MS-NLMP 2.2.2.5). Bits that are not listed are reserved. */
export const NegotiateFlag = {
  /** Names are UTF-16LE. */
  UNICODE: 0x00000001,
  /** Names are in the OEM character set, unless UNICODE is set too. */
  OEM: 0x00000002,
  /** The Challenge message has to name its target. */
  REQUEST_TARGET: 0x00000004,
  /** Session keys for signatures. */
  SIGN: 0x00000010,
  /** Session keys for encryption. */
  SEAL: 0x00000020,
  DATAGRAM: 0x00000040,
  /** Session keys derived from the LM hash. */
  LM_KEY: 0x00000080,
  /** NTLM authentication. */
  NTLM: 0x00000200,
  ANONYMOUS: 0x00000800,
  /** The Negotiate message names a domain. */
  OEM_DOMAIN_SUPPLIED: 0x00001000,
  /** The Negotiate message names a workstation. */
  OEM_WORKSTATION_SUPPLIED: 0x00002000,
  /** Signatures are possible, even where nothing is signed. */
  ALWAYS_SIGN: 0x00008000,
  /** The target's name is that of a domain. */
  TARGET_TYPE_DOMAIN: 0x00010000,
  /** The target's name is that of a server. */
  TARGET_TYPE_SERVER: 0x00020000,
  /** Session security of the newer kind: keys and sequence numbers for each direction. */
  EXTENDED_SESSIONSECURITY: 0x00080000,
  IDENTIFY: 0x00100000,
  REQUEST_NON_NT_SESSION_KEY: 0x00400000,
  /** The Challenge message carries AV pairs. */
  TARGET_INFO: 0x00800000,
  /** The Version field is filled in. */
  VERSION: 0x02000000,
  /** 128-bit keys. */
  KEY_128: 0x20000000,
  /** The client chooses the session key and sends it encrypted. */
  KEY_EXCH: 0x40000000,
  /** 56-bit keys. */
  KEY_56: 0x80000000,
} as const;

/** Name of a bit of NegotiateFlags. */
export type NegotiateFlagName = keyof typeof NegotiateFlag;

/** Whether one of the bits is set. */
export function hasFlag(flags: number, bits: number): boolean {
  return (flags & bits) !== 0;
}

/** The bits as one unsigned number: JavaScript's own operators give a negative one when the highest bit is set. */
export function joinFlags(...bits: readonly number[]): number {
  return bits.reduce((joined, bit) => joined | bit, 0) >>> 0;
}

/**
 * Names of the bits that are set, in the order of their value. Reserved bits are given as hexadecimal numbers.
 *
 * @example
 * ```ts
 * import { flagNames } from '@netloom/auth-ntlm/messages';
 *
 * console.log(flagNames(0x00088207).join(' '));
 * // UNICODE OEM REQUEST_TARGET NTLM ALWAYS_SIGN EXTENDED_SESSIONSECURITY
 * ```
 */
export function flagNames(flags: number): string[] {
  const names: string[] = [];
  for (let index = 0; index < 32; index++) {
    const bit = (1 << index) >>> 0;
    if (hasFlag(flags, bit)) names.push(NAMES.get(bit) ?? `0x${bit.toString(16).padStart(8, '0')}`);
  }
  return names;
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(NegotiateFlag).map(([name, bit]) => [bit, name]));
