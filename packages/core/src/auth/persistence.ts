/** Whether a sign-in holds for its connection or for one request: notes of it in the protection space. */
import type { Attempt } from './attempt.js';
import type { ProtectionSpace } from './cache.js';
import type { AuthConnection } from './connection.js';
import type { AuthScope } from './endpoint.js';
import type { Candidate } from './selection.js';

/**
 * A connection that is challenged is not signed in, or no more; some peers want it said with every request.
 *
 * @param reliedOn - the space of a request that went without a header, because its connection was signed in.
 */
export function noteLapse(
  scope: AuthScope,
  connection: AuthConnection,
  reliedOn: ProtectionSpace | undefined,
  attempt: Attempt | undefined,
): void {
  if (reliedOn?.persistence === 'unknown') reliedOn.persistence = 'request';
  if (scope.signedInAs(connection) === undefined) return;
  scope.mark(connection, undefined);
  // So does a request that had been challenged elsewhere and then came to this connection.
  if (attempt === undefined || attempt.isBoundTo(connection)) return;
  const space = spaceOf(scope, attempt.candidate);
  if (space?.persistence === 'unknown') space.persistence = 'request';
}

/** A request that went without a header was let in. */
export function noteSignedIn(reliedOn: ProtectionSpace | undefined): void {
  if (reliedOn?.persistence === 'unknown') reliedOn.persistence = 'connection';
}

/** `Persistent-Auth` says whether the connection stays signed in. */
export function noteAnnounced(
  scope: AuthScope,
  candidate: Candidate,
  field: string | readonly string[] | undefined,
): void {
  const value = String(field ?? '')
    .trim()
    .toLowerCase();
  if (value !== 'true' && value !== 'false') return;
  const space = spaceOf(scope, candidate);
  if (space) space.persistence = value === 'true' ? 'connection' : 'request';
}

function spaceOf(scope: AuthScope, { scheme, realm }: Candidate): ProtectionSpace | undefined {
  return scope.state.cache.find(scope.space(scheme.name, realm));
}
