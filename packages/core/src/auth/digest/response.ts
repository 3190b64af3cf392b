import type { Identity } from '@netloom/contracts';
import { qualifiedName } from '../identity.js';
import { type HashName, hash, hashOf } from './algorithm.js';
import type { DigestChallenge, DigestQop } from './challenge.js';

/**
 * What all responses to a challenge have in common, made once: it takes a hash. Texts hold one byte in each character,
 * and names are in UTF-8.
 */
export interface DigestKey {
  readonly hash: HashName;
  readonly session: boolean;
  readonly username: string;
  /** Hash of user name, realm and password, which stands for the password. */
  readonly secret: string;
}

/** What one response is computed from. Texts hold one byte in each character. */
export interface DigestInput {
  /** Empty in the proof that a server gives. */
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce: string;
  /** Eight hex digits. */
  readonly nc: string;
  readonly qop: DigestQop | undefined;
  /** Hash of the body in hex, for `auth-int`. */
  readonly bodyHash?: string | undefined;
}

/** The key of an identity in the realm, and by the algorithm, of a challenge (RFC 7616 section 3.4.2). */
export function digestKey(identity: Identity, { algorithm = 'MD5', realm, utf8 }: DigestChallenge): DigestKey {
  const bytes = (text: string) => Buffer.from(utf8 ? text.normalize('NFC') : text, 'utf8').toString('latin1');
  const name = hashOf(algorithm);
  const username = bytes(qualifiedName(identity));
  const secret = hash(name, `${username}:${realm}:${bytes(identity.password)}`);
  return { hash: name, session: algorithm.endsWith('-sess'), username, secret };
}

/** The `response` of a request, or the `rspauth` of its answer (RFC 7616 sections 3.4.1 and 3.5). */
export function digestResponse(key: DigestKey, input: DigestInput): string {
  const { method, uri, nonce, cnonce, nc, qop, bodyHash } = input;
  const who = key.session ? hash(key.hash, `${key.secret}:${nonce}:${cnonce}`) : key.secret;
  const what = hash(key.hash, qop === 'auth-int' ? `${method}:${uri}:${bodyHash}` : `${method}:${uri}`);
  return hash(key.hash, qop ? `${who}:${nonce}:${nc}:${cnonce}:${qop}:${what}` : `${who}:${nonce}:${what}`);
}
