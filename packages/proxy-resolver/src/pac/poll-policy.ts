/** When a script is looked for again. */
export interface NextPoll {
  /** Milliseconds from now. */
  readonly delay: number;
  /** At that time, or with the first request after it. */
  readonly mode: 'timer' | 'start-after-activity';
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/**
 * When to look for the script again, as Chromium does: soon and then less often after a failure, twice a day after a
 * success. Only the first time after a failure is a timer; a program that makes no requests is left in peace.
 *
 * @param attempt - how often in a row the outcome has been the same, from 1.
 */
export function nextPoll(outcome: 'failure' | 'success', attempt: number): NextPoll {
  if (outcome === 'success') return { delay: 12 * HOUR, mode: 'start-after-activity' };
  const delays = [8 * SECOND, 32 * SECOND, 120 * SECOND];
  return { delay: delays[attempt - 1] ?? 4 * HOUR, mode: attempt === 1 ? 'timer' : 'start-after-activity' };
}

/** After the machine's addresses changed, in ms, until the configuration is read again; networks come up in steps. */
export const NETWORK_CHANGE_DELAY = 2 * SECOND;
