/**
 * What follows a challenge: `retry` the request; `retry-http1`, on an HTTP/1.1 connection, because the scheme cannot be
 * used on one that requests share; `deliver` the response to the caller.
 */
export type NextStep = 'retry' | 'retry-http1' | 'deliver';

/** The answer to a challenge that can be answered. */
export interface ChallengeReply {
  /** Whether the next request has to go on the connection that brought the challenge. */
  readonly hold: boolean;
  /** Whether it must not, and nor may any other: its peer may not be reading any more. */
  readonly leave: boolean;
  /** Rejects with a NetError when sign-in cannot go on, and with the signal's reason when it fires. */
  readonly next: Promise<NextStep>;
}
