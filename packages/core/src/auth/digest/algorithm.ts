import { hash as digest } from 'node:crypto';
import type { AuthNeeds } from '@netloom/contracts';

/** Names of the algorithms of RFC 7616 section 6.1 as they are written, the strongest first. */
export const DIGEST_ALGORITHMS = [
  'SHA-512-256',
  'SHA-512-256-sess',
  'SHA-256',
  'SHA-256-sess',
  'MD5',
  'MD5-sess',
] as const;

/** An algorithm of the Digest scheme. The names with `-sess` make a session key of the first nonces. */
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** Name of a hash in the words of sign-in schemes, which `node:crypto` understands. */
export type HashName = NonNullable<AuthNeeds['bodyHash']>;

/** The hash that an algorithm uses. */
export function hashOf(algorithm: DigestAlgorithm): HashName {
  if (algorithm.startsWith('MD5')) return 'md5';
  return algorithm.startsWith('SHA-256') ? 'sha256' : 'sha512-256';
}

/** Hash in lower-case hex of a text that holds one byte in each character. */
export function hash(name: HashName, bytes: string): string {
  return digest(name, Buffer.from(bytes, 'latin1'), 'hex');
}

const available = new Map<HashName, boolean>();

/** Whether the machine has the hash of an algorithm: policies such as FIPS take MD5 away. */
export function isAvailable(algorithm: DigestAlgorithm): boolean {
  const name = hashOf(algorithm);
  let known = available.get(name);
  if (known === undefined) {
    known = canHash(name);
    available.set(name, known);
  }
  return known;
}

function canHash(name: HashName): boolean {
  try {
    hash(name, '');
    return true;
  } catch {
    return false; // whatever the reason: no answer can be made with it
  }
}
