import type { Challenge, ChallengeVerdict } from '@netloom/contracts';
import type { Caller } from './abort.js';
import type { AuthConnection } from './connection.js';
import type { ResponseHeaders } from './endpoint.js';
import { asFailure, brokenContract } from './scheme-errors.js';
import type { Candidate } from './selection.js';

const VERDICTS: readonly AttemptVerdict[] = ['continue', 'stale', 'unsent', 'other-realm', 'rejected', 'invalid'];

/** What an answer to a sign-in means. `unsent`: it answers a request without the attempt's header. */
export type AttemptVerdict = ChallengeVerdict | 'continue' | 'unsent';

/** A candidate that is being tried: the scheme's own state for one transaction. */
export interface Attempt {
  readonly candidate: Candidate;
  /**
   * The value to send on a connection, the same one until an answer comes; undefined where the connection is signed in
   * already.
   *
   * @throws what the scheme throws, or the reason of the caller's signal.
   */
  header(connection: AuthConnection, caller: Caller): string | undefined | Promise<string | undefined>;
  /** Whether the header that was made for this connection cannot complete the sign-in: the peer has to ask again. */
  unfinished(connection: AuthConnection): boolean;
  /** Whether a conversation is under way on this connection. */
  isBoundTo(connection: AuthConnection): boolean;
  /** Takes the answer that asks again. */
  judge(offered: readonly Challenge[], connection: AuthConnection): AttemptVerdict;
  /**
   * Takes any other answer. Rejects with a NetError when the peer was to prove itself and did not, or the scheme fails;
   * with the signal's reason when that fires.
   */
  finished(status: number, headers: ResponseHeaders, connection: AuthConnection): undefined | Promise<void>;
  /** Whether the loss of a connection cost this attempt its state; it then begins anew. */
  lost(connection: AuthConnection): boolean;
  /** Frees what the scheme holds. May be called again. */
  dispose(): void;
}

/**
 * What an answer means to an attempt.
 *
 * @throws NetError where the scheme throws, or says what nobody understands.
 */
export function verdictOf(
  attempt: Attempt,
  offered: readonly Challenge[],
  connection: AuthConnection,
  url: string,
): AttemptVerdict {
  const { scheme } = attempt.candidate;
  try {
    const verdict = attempt.judge(offered, connection);
    if (VERDICTS.includes(verdict)) return verdict;
    throw brokenContract(scheme, `judged a challenge as ${String(verdict)}`);
  } catch (error) {
    throw asFailure(error, scheme, url);
  }
}
