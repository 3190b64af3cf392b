import { randomBytes } from 'node:crypto';
import { type Identity, type RequestScheme, SchemeError } from '@netloom/contracts';
import { qualifiedName } from '../identity.js';
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from './algorithm.js';
import { DigestAuthorizer } from './authorizer.js';
import { bestDigestChallenge } from './challenge.js';

export type { DigestAlgorithm } from './algorithm.js';

/** Settings of {@link digest}. */
export interface DigestOptions {
  /** Algorithms that may be used; the strongest that the server offers is. Default: all. */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /**
   * Whether to protect the body where the server offers `auth-int` alone; it is read twice for that. When false, such a
   * challenge is answered as one without `qop`, as browsers do. Default true.
   */
  readonly authInt?: boolean | undefined;
  /** Makes the client's nonce. Default: 16 random hex digits. */
  readonly cnonce?: (() => string) | undefined;
}

/**
 * The Digest scheme (RFC 7616 and 2617; servers of RFC 2069 are understood): the password does not travel, but whoever
 * reads the connection can try passwords against what does. `nextnonce` is followed and `rspauth` is verified.
 *
 * @throws TypeError when an option is of a wrong type.
 *
 * @example
 * ```ts
 * import { createClient, digest } from '@netloom/core';
 *
 * const client = createClient({
 *   auth: [digest({ algorithms: ['SHA-256', 'SHA-512-256'] })],
 *   credentials: async ({ attempt }) => (attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined),
 * });
 * ```
 */
export function digest(options: DigestOptions = {}): RequestScheme {
  const { algorithms = DIGEST_ALGORITHMS, authInt = true, cnonce = randomNonce } = options;
  checkOptions({ algorithms, authInt, cnonce });
  const policy = { algorithms, authInt };
  return {
    name: 'digest',
    connectionBound: false,
    select: (challenges) => bestDigestChallenge(challenges, policy)?.challenge,
    accept(challenges, { identity }) {
      const best = bestDigestChallenge(challenges, policy);
      if (best === undefined || typeof identity !== 'object') return undefined;
      checkName(identity);
      return new DigestAuthorizer(identity, best.digest, policy, cnonce);
    },
  };
}

function randomNonce(): string {
  return randomBytes(8).toString('hex');
}

function checkName(identity: Identity): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\x00-\x1f\x7f]/.test(qualifiedName(identity))) return;
  throw new SchemeError('ERR_INVALID_AUTH_CREDENTIALS', {
    effect: 'drop-identity',
    detail: 'a user name with control characters cannot be sent by digest',
  });
}

function checkOptions({ algorithms, authInt, cnonce }: Required<DigestOptions>): void {
  const known = new Set<unknown>(DIGEST_ALGORITHMS);
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every((name) => known.has(name))) {
    throw new TypeError(`digest: algorithms must be a list of ${DIGEST_ALGORITHMS.join(', ')}`);
  }
  if (typeof authInt !== 'boolean') throw new TypeError(`digest: authInt must be a boolean, not ${typeof authInt}`);
  if (typeof cnonce !== 'function') throw new TypeError(`digest: cnonce must be a function, not ${typeof cnonce}`);
}
