import type { AuthScheme, Identity, RequestScheme } from '@netloom/contracts';
import { parseChallenges } from '../../src/auth/challenge-parser.js';
import { realmOf } from '../../src/auth/endpoint.js';
import { RequestAttempt } from '../../src/auth/request-attempt.js';
import { Selection } from '../../src/auth/selection.js';
import { alice, caller, connection, scopeOf, stateOf } from './sign-in.js';

/** What comes of a challenge, in the words of the vectors: OK, or why it cannot be answered. */
export function acceptCode(schemes: AuthScheme | readonly AuthScheme[], challenge: string, url?: string): string {
  const selection = new Selection(scopeOf(stateOf([schemes].flat(), { credentials: async () => alice }), url));
  const challenges = parseChallenges(challenge);
  if (challenges.length === 0) return 'ERR_INVALID_RESPONSE';
  selection.offer(challenges);
  return selection.next(connection()) ? 'OK' : 'ERR_UNSUPPORTED_AUTH_SCHEME';
}

/** How a scheme judges a second challenge after it has answered a first one, in the words of the vectors. */
export function secondChallenge(scheme: RequestScheme, first: string, second: string, identity: Identity): string {
  const scope = scopeOf(stateOf([scheme]));
  const [challenge] = parseChallenges(first);
  const realm = realmOf(challenge!);
  const authorizer = scheme.accept([challenge!], scope.context(realm, identity, connection()));
  const attempt = new RequestAttempt(
    scope,
    { scheme, realm, challenges: [challenge!], identity, source: 'provider' },
    authorizer!,
  );
  attempt.header(connection(), caller);
  const verdict = attempt.judge(parseChallenges(second));
  if (verdict === 'other-realm') return 'DIFFERENT_REALM';
  return verdict === 'rejected' ? 'REJECT' : verdict.toUpperCase();
}
