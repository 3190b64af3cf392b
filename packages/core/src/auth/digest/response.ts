import type { Identity } from '@netloom/contracts';
import { qualifiedName } from '../identity.js';
import { hash, hashOf } from './algorithm.js';
import type { DigestChallenge, DigestQop } from './challenge.js';

/** What one response is computed from, besides challenge and identity. Texts hold one byte in each character. */
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

/** User name and password as they enter hashes and header: UTF-8, one byte in each character. */
export function digestCredentials(identity: Identity, { utf8 }: DigestChallenge) {
  const bytes = (text: string) => Buffer.from(utf8 ? text.normalize('NFC') : text, 'utf8').toString('latin1');
  return { username: bytes(qualifiedName(identity)), password: bytes(identity.password) };
}

/** The `response` of a request, or the `rspauth` of its answer (RFC 7616 sections 3.4.1 and 3.5). */
export function digestResponse(identity: Identity, challenge: DigestChallenge, input: DigestInput): string {
  const { algorithm = 'MD5', realm } = challenge;
  const { method, uri, nonce, cnonce, nc, qop, bodyHash } = input;
  const name = hashOf(algorithm);
  const { username, password } = digestCredentials(identity, challenge);
  const secret = hash(name, `${username}:${realm}:${password}`);
  const key = algorithm.endsWith('-sess') ? hash(name, `${secret}:${nonce}:${cnonce}`) : secret;
  const what = hash(name, qop === 'auth-int' ? `${method}:${uri}:${bodyHash}` : `${method}:${uri}`);
  return hash(name, qop ? `${key}:${nonce}:${nc}:${cnonce}:${qop}:${what}` : `${key}:${nonce}:${what}`);
}

/** The user name as `userhash` asks for it (RFC 7616 section 3.4.4). */
export function digestUserHash(identity: Identity, challenge: DigestChallenge): string {
  const { username } = digestCredentials(identity, challenge);
  return hash(hashOf(challenge.algorithm ?? 'MD5'), `${username}:${challenge.realm}`);
}
