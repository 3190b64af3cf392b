import type { Challenge } from '@netloom/contracts';

/** How the rounds of a conversation go on. */
export type RoundVerdict = 'accept' | 'reject' | 'invalid';

/** Judges the challenges that a connection-bound scheme gets in its first round, or after it has sent a token. */
export function judgeRound(
  scheme: string,
  round: 'first' | 'later',
  challenges: readonly Challenge[],
): { readonly verdict: RoundVerdict; readonly challenge?: Challenge } {
  const own = challenges.filter((challenge) => challenge.scheme === scheme && !challenge.malformed);
  if (round === 'first') {
    // A token before anything was sent answers somebody else.
    const challenge = own.find(({ token68 }) => token68 === undefined);
    return challenge ? { verdict: 'accept', challenge } : { verdict: 'invalid' };
  }
  const challenge = own.find((candidate) => !isBare(candidate));
  if (challenge) return { verdict: 'accept', challenge };
  // The bare name after a token was sent means: begin again, this one was no good.
  return { verdict: own.length > 0 ? 'reject' : 'invalid' };
}

function isBare({ params, token68 }: Challenge): boolean {
  return params.length === 0 && token68 === undefined;
}
