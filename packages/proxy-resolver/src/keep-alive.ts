/** The longest that a timer of Node runs, in ms. */
const FOREVER = 2 ** 31 - 1;

/**
 * Keeps the process alive while something waits for an answer. What the answer comes from (timers, watchers, a worker)
 * does not: a program ends by itself once nobody waits.
 */
export async function keepingAlive<T>(answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => undefined, FOREVER);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for an answer, or for the signal, with whose reason it then rejects. The work goes on for others. */
export async function orAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer;
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
