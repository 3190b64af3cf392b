import { createHash, createHmac } from 'node:crypto';

/** MD5 of the parts one after the other: 16 bytes. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return finish(createHash('md5'), parts);
}

/** HMAC-MD5 (RFC 2104) of the parts one after the other: 16 bytes. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return finish(createHmac('md5', key), parts);
}

function finish(
  hash: { update(data: Uint8Array): unknown; digest(): Buffer },
  parts: readonly Uint8Array[],
): Uint8Array {
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
