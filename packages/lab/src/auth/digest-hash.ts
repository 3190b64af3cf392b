import { createHash } from 'node:crypto';

/** Algorithms of RFC 7616, and MD5 of RFC 2617. */
export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess';

/** Protection that a digest gives: of the request line, or of the body as well. */
export type DigestQop = 'auth' | 'auth-int';

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** The values a response is computed from (RFC 7616, 3.4). */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly user: string;
  readonly realm: string;
  readonly password: string;
  readonly nonce: string;
  /** Empty in the answer's `rspauth`. */
  readonly method: string;
  readonly uri: string;
  /** Absent: the computation of RFC 2069. */
  readonly qop?: DigestQop;
  readonly nc?: string;
  readonly cnonce?: string;
  /** The body, for `auth-int`. */
  readonly body?: Buffer;
}

/** H() of an algorithm: hex of its hash; text is hashed as UTF-8. */
export function digestHash(algorithm: DigestAlgorithm, data: string | Buffer): string {
  return createHash(HASHES[algorithm.replace('-sess', '')]!).update(data).digest('hex');
}

/** The `response` of a request, or with an empty method the `rspauth` of its answer (RFC 7616, 3.4.1 and 3.5). */
export function digestResponse(input: DigestInput): string {
  const { algorithm, user, realm, password, nonce, method, uri, qop, nc, cnonce, body } = input;
  const h = (data: string | Buffer) => digestHash(algorithm, data);
  const secret = h(`${user}:${realm}:${password}`);
  const a1 = algorithm.endsWith('-sess') ? h(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = qop === 'auth-int' ? h(`${method}:${uri}:${h(body ?? Buffer.alloc(0))}`) : h(`${method}:${uri}`);
  return h(qop ? `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}` : `${a1}:${nonce}:${a2}`);
}
