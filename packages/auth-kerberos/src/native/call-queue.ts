/** How long no call is made after one did not return in time, in milliseconds. */
const REST_MS = 60_000;

/** Nothing was called, or a call did not return in time; the message says which. */
export class CallsSuspended extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CallsSuspended';
  }
}

/** What {@link CallQueue.run} is told. */
export interface RunOptions {
  /** How long the work may wait for its turn, and then take, in milliseconds each. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when the work did not end in time, to end it by force. */
  readonly onTimeout?: (() => void) | undefined;
}

interface Entry {
  /** Does the work; never rejects. */
  begin(): Promise<void>;
  /** Gives up waiting; work that nobody waits for has none. */
  readonly giveUp?: (reason: CallsSuspended) => void;
}

/**
 * Lets calls of libraries happen one at a time. libuv has four threads for all of a program's file reads and look-ups of
 * names: were each of them in a call that does not return, the whole program would stand still.
 */
export class CallQueue {
  readonly #waiting: Entry[] = [];
  readonly #restMs: number;
  #running = false;
  #hung = false;
  #restUntil = 0;

  /** @param restMs - how long nothing is called after a call that did not return in time, in milliseconds. */
  constructor(restMs = REST_MS) {
    this.#restMs = restMs;
  }

  /** Why nothing is called now; undefined when calls are made. */
  suspended(): string | undefined {
    if (this.#hung) return 'a call of the security library has not returned yet';
    return performance.now() < this.#restUntil ? 'the security library did not answer in time a moment ago' : undefined;
  }

  /**
   * Does work that calls a library, when its turn comes. Work that takes too long is left alone.
   *
   * @throws CallsSuspended when the work did not get its turn or did not end in time, or while nothing is called.
   */
  run<T>(work: () => Promise<T>, { timeoutMs, signal, onTimeout }: RunOptions): Promise<T> {
    const suspended = this.suspended();
    if (suspended !== undefined) return Promise.reject(new CallsSuspended(suspended));
    if (signal?.aborted) return Promise.reject(signal.reason);

    return new Promise<T>((resolve, reject) => {
      let timer = setTimeout(() => this.#suspend(), timeoutMs).unref();
      const abort = () => {
        const index = this.#waiting.indexOf(entry);
        if (index >= 0) {
          this.#waiting.splice(index, 1);
          clearTimeout(timer);
        }
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const tooLate = () => {
        this.#hung = true;
        this.#suspend();
        onTimeout?.();
        reject(new CallsSuspended(`the security library did not answer within ${timeoutMs} ms`));
      };
      const entry: Entry = {
        begin: async () => {
          clearTimeout(timer);
          timer = setTimeout(tooLate, timeoutMs).unref();
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          } finally {
            clearTimeout(timer);
            signal?.removeEventListener('abort', abort);
          }
        },
        giveUp: (reason) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          reject(reason);
        },
      };
      this.#waiting.push(entry);
      this.#next();
    });
  }

  /** Does work in turn that nobody waits for, such as freeing memory, also while other calls are suspended. */
  later(work: () => Promise<void>): void {
    // What cannot be freed has nobody who could do something about it.
    this.#waiting.push({ begin: () => work().catch(() => undefined) });
    this.#next();
  }

  #next(): void {
    if (this.#running) return;
    const entry = this.#waiting.shift();
    if (entry === undefined) return;
    this.#running = true;
    void entry.begin().then(() => {
      this.#running = false;
      this.#hung = false;
      this.#next();
    });
  }

  #suspend(): void {
    this.#restUntil = performance.now() + this.#restMs;
    const reason = new CallsSuspended('the security library is busy with a call that did not return in time');
    for (const entry of this.#waiting.splice(0)) {
      if (entry.giveUp) entry.giveUp(reason);
      else this.#waiting.push(entry);
    }
  }
}

/** The queue of the calls that this process makes itself. */
export const processQueue = new CallQueue();
