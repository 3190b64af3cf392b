import type { Authorizer, AuthScheme, RequestScheme } from '@netloom/contracts';
import type { Attempt } from './attempt.js';
import type { ProtectionSpace } from './cache.js';
import type { AuthConnection } from './connection.js';
import { ConversationAttempt } from './conversation-attempt.js';
import type { AuthScope } from './endpoint.js';
import { sameIdentity } from './identity.js';
import { RequestAttempt } from './request-attempt.js';
import { asFailure, brokenContract, effectOf } from './scheme-errors.js';
import type { Candidate } from './selection.js';

/** A protection space that a request lies in, and its scheme. */
export interface KnownSpace {
  readonly space: ProtectionSpace;
  readonly scheme: AuthScheme;
}

/** What is known of a request's protection space before its peer has asked for anything. */
export function knownSpace(scope: AuthScope): KnownSpace | undefined {
  const { cache } = scope.state;
  if (cache.size === 0 || scope.withheld) return undefined;
  const { target } = scope.endpoint;
  const space = cache.findByPath(target, scope.origin, scope.path, scope.request.partition);
  const scheme = space && scope.state.schemeNamed(space.scheme);
  if (space === undefined || scheme === undefined) return undefined;
  // Who names a user in the URL means that user. His credentials are not sent unasked, but his connection serves.
  const named = target === 'server' ? scope.request.urlIdentity : undefined;
  if (named === undefined) return { space, scheme };
  return scheme.connectionBound && sameIdentity(named, space.credentials.identity) ? { space, scheme } : undefined;
}

/** Whether a request in the space carries the first token at once. Otherwise a connection-bound scheme waits for a challenge. */
export function signsUnasked(scope: AuthScope, { space, scheme }: KnownSpace, connection: AuthConnection): boolean {
  if (!scheme.connectionBound) return true;
  // Requests that share a connection cannot share its sign-in: that may be somebody else's.
  if (connection.multiplexed) return !scheme.requiresHttp1;
  // To wait for the challenge would cost a connection.
  if (space.closesOnChallenge && scope.signedInAs(connection) === undefined) return true;
  return space.persistence === 'request';
}

/** An attempt to sign in with what is known of the space. */
export function attemptInSpace(scope: AuthScope, { space, scheme }: KnownSpace): Attempt | undefined {
  const { identity, challenge, authorizer, proved } = space.credentials;
  const candidate: Candidate = {
    scheme,
    realm: space.realm,
    challenges: [challenge],
    identity,
    source: 'path',
    proved,
  };
  if (scheme.connectionBound) return new ConversationAttempt(scope, candidate, scheme);
  return authorizer && new RequestAttempt(scope, candidate, authorizer);
}

/**
 * An attempt by a scheme that signs requests without having seen a challenge.
 *
 * @throws NetError where a scheme fails the request.
 */
export function unaskedAttempt(scope: AuthScope, connection: AuthConnection): Attempt | undefined {
  if (scope.withheld) return undefined;
  for (const scheme of scope.state.unasked) {
    const authorizer = authorizerUnasked(scope, scheme, connection);
    if (authorizer === undefined) continue;
    const challenge = { scheme: scheme.name, params: [], text: scheme.name };
    const candidate: Candidate = { scheme, realm: '', challenges: [challenge], identity: undefined, source: 'scheme' };
    return new RequestAttempt(scope, candidate, authorizer);
  }
  return undefined;
}

function authorizerUnasked(
  scope: AuthScope,
  scheme: RequestScheme,
  connection: AuthConnection,
): Authorizer | undefined {
  try {
    const authorizer = scheme.preemptive?.(scope.context('', undefined, connection));
    if (authorizer !== undefined && typeof authorizer?.authorize !== 'function') {
      throw brokenContract(scheme, 'returned no authorizer');
    }
    return authorizer;
  } catch (error) {
    if (effectOf(error, scheme) === 'fail') throw asFailure(error, scheme, scope.request.url);
    return undefined;
  }
}
