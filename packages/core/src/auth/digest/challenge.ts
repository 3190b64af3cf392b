import type { Challenge } from '@netloom/contracts';
import { authParam } from '../challenge-parser.js';
import { DIGEST_ALGORITHMS, type DigestAlgorithm, isAvailable } from './algorithm.js';

/** Quality of protection: `auth-int` covers the body as well. */
export type DigestQop = 'auth' | 'auth-int';

/** A challenge of the Digest scheme (RFC 7616 section 3.3), understood. Texts hold one byte in each character. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string;
  /** Undefined where the challenge names none, which means MD5. */
  readonly algorithm: DigestAlgorithm | undefined;
  /** Undefined: none, as in RFC 2069. */
  readonly qop: DigestQop | undefined;
  readonly stale: boolean;
  readonly userhash: boolean;
  /** Whether the server says that it reads names and passwords as UTF-8. */
  readonly utf8: boolean;
}

/** What of the scheme is to be used. */
export interface DigestPolicy {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly authInt: boolean;
}

/** Reads a challenge; undefined where it cannot be answered. */
export function readDigestChallenge(challenge: Challenge, policy: DigestPolicy): DigestChallenge | undefined {
  const param = (name: string) => authParam(challenge.params, name);
  const nonce = param('nonce');
  const named = param('algorithm');
  const algorithm = DIGEST_ALGORITHMS.find((known) => known.toLowerCase() === named?.toLowerCase());
  if (challenge.malformed || !nonce || (named !== undefined && algorithm === undefined)) return undefined;
  const used = algorithm ?? 'MD5';
  if (!policy.algorithms.includes(used) || !isAvailable(used)) return undefined;
  return {
    realm: param('realm') ?? '',
    nonce,
    opaque: param('opaque') ?? '',
    algorithm,
    qop: chooseQop(param('qop'), policy),
    stale: isTrue(param('stale')),
    userhash: isTrue(param('userhash')),
    utf8: param('charset')?.toLowerCase() === 'utf-8',
  };
}

/** The best of several challenges: the strongest algorithm, the first one where two are equal. */
export function bestDigestChallenge(
  challenges: readonly Challenge[],
  policy: DigestPolicy,
): { readonly challenge: Challenge; readonly digest: DigestChallenge } | undefined {
  let best: { readonly challenge: Challenge; readonly digest: DigestChallenge } | undefined;
  for (const challenge of challenges) {
    const digest = readDigestChallenge(challenge, policy);
    if (digest && (!best || strength(digest) > strength(best.digest))) best = { challenge, digest };
  }
  return best;
}

function strength({ algorithm }: DigestChallenge): number {
  return -DIGEST_ALGORITHMS.indexOf(algorithm ?? 'MD5');
}

/** `auth` where there is a choice: the other one needs the whole body before the first byte can be sent. */
function chooseQop(offered: string | undefined, { authInt }: DigestPolicy): DigestQop | undefined {
  const options = offered?.split(',').map((option) => option.trim().toLowerCase()) ?? [];
  if (options.includes('auth')) return 'auth';
  return authInt && options.includes('auth-int') ? 'auth-int' : undefined;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
