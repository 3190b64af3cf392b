/** Whose request it is. Most requests need no signal: it may be made only when it is asked for. */
export interface Caller {
  /** Fires when the request is given up. */
  readonly signal: AbortSignal;
}

/** The signal of those who never look at it. */
export const NEVER: AbortSignal = new AbortController().signal;

/**
 * The promise's outcome, unless the signal fires first: then rejects with its reason at once, and what the promise
 * still does is nobody's business. Guards against code of others that ignores its signal.
 */
export function orAbort<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const done = () => signal.removeEventListener('abort', abort);
    promise.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
}
