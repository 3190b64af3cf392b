import { hasFlag, NegotiateFlag } from './flags.js';

/** Bytes of a name. OEM text is limited to ISO-8859-1, as the peer's code page is unknown. */
export function encodeText(text: string, flags: number, field: string): Uint8Array {
  if (hasFlag(flags, NegotiateFlag.UNICODE)) return Buffer.from(text, 'utf16le');
  return encodeOem(text, field);
}

/** The name that these bytes spell. A last odd byte of UTF-16 is left out. */
export function decodeText(bytes: Uint8Array, flags: number): string {
  return hasFlag(flags, NegotiateFlag.UNICODE) ? decodeUtf16(bytes) : decodeOem(bytes);
}

/** Bytes of a name in the OEM character set, which the Negotiate message always uses. */
export function encodeOem(text: string, field: string): Uint8Array {
  if (/[^\0-\xff]/.test(text)) throw new TypeError(`${field} has characters that OEM text cannot hold`);
  return Buffer.from(text, 'latin1');
}

export function decodeOem(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function decodeUtf16(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf16le');
}
