import type { Authorizer, RequestScheme } from '@netloom/contracts';
import type { Attempt } from './attempt.js';
import type { AuthConnection } from './connection.js';
import { ConversationAttempt } from './conversation-attempt.js';
import type { AuthScope } from './endpoint.js';
import { RequestAttempt } from './request-attempt.js';
import { brokenContract } from './scheme-errors.js';
import type { Candidate, Selection } from './selection.js';

/**
 * Begins to sign a candidate in. Its identity is remembered from now on, so that requests at the same time use it too;
 * a refusal takes it back. Undefined when the scheme does not want to after all.
 *
 * @param closes - whether the peer closes the connection with its challenge.
 * @throws NetError where the scheme fails the request.
 */
export function beginAttempt(
  scope: AuthScope,
  selection: Selection,
  candidate: Candidate,
  connection: AuthConnection,
  closes: boolean,
): Attempt | undefined {
  const { scheme, realm, identity, challenges, proved } = candidate;
  const { cache } = scope.state;
  const space = scope.space(scheme.name, realm);
  const credentials = { identity, challenge: challenges[0], proved };
  if (scheme.connectionBound) {
    // The sign-in of a connection holds for every path that is asked for on it.
    cache.add(space, '/', credentials).closesOnChallenge = closes;
    return new ConversationAttempt(scope, candidate, scheme);
  }
  try {
    const authorizer = accept(scope, scheme, candidate, connection);
    if (authorizer === undefined) {
      selection.disable(scheme, 'the challenge cannot be answered');
      return undefined;
    }
    cache.add(space, scope.path, { ...credentials, authorizer });
    return new RequestAttempt(scope, candidate, authorizer);
  } catch (error) {
    selection.failed(candidate, error);
    return undefined;
  }
}

function accept(
  scope: AuthScope,
  scheme: RequestScheme,
  { realm, identity, challenges }: Candidate,
  connection: AuthConnection,
): Authorizer | undefined {
  const authorizer = scheme.accept(challenges, scope.context(realm, identity, connection));
  if (authorizer !== undefined && typeof authorizer?.authorize !== 'function') {
    throw brokenContract(scheme, 'returned no authorizer');
  }
  return authorizer;
}
