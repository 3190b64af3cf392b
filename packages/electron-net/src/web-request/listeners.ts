import { NetError } from '@netloom/contracts';
import { apart } from '../emit.js';
import type { RequestDetails, WebRequestEvents, WebRequestQuestions } from './details.js';
import { RequestFilter, type WebRequestFilter } from './filter.js';
import type { WatchedRequest } from './watched-request.js';

type Name = keyof WebRequestEvents | keyof WebRequestQuestions;
type AnyListener = (details: unknown, callback?: (response: unknown) => void) => void;
/** What a listener is told beyond what it is told of every request. */
type Beyond<D> = Omit<D, keyof RequestDetails>;

interface Entry {
  /** Undefined: all requests. */
  readonly filter: RequestFilter | undefined;
  readonly listener: AnyListener;
}

/** The listeners of a session's {@link WebRequest}, one for each event. */
export class WebRequestListeners {
  readonly #entries = new Map<Name, Entry>();

  /** Whether nobody listens to anything. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /**
   * @param given - what a method of {@link WebRequest} was called with.
   * @throws TypeError for a filter and a listener that is none.
   */
  set(name: Name, given: readonly unknown[]): void {
    const hasFilter = typeof given[0] === 'object' && given[0] !== null;
    const filter = hasFilter ? new RequestFilter(given[0] as WebRequestFilter) : undefined;
    const listener = hasFilter ? given[1] : given[0];
    if (listener === null) this.#entries.delete(name);
    else if (typeof listener === 'function') this.#entries.set(name, { filter, listener: listener as AnyListener });
    else throw new TypeError('Must pass null or a Function');
  }

  /** Tells a listener, where there is one for the request. */
  tell<N extends keyof WebRequestEvents>(
    name: N,
    request: WatchedRequest,
    beyond: () => Beyond<WebRequestEvents[N]>,
  ): void {
    const listener = this.#find(name, request);
    if (listener !== undefined) apart(() => listener({ ...request.details(), ...beyond() }), undefined);
  }

  /**
   * Asks a listener; undefined where there is none for the request. The answer may be empty.
   *
   * @throws NetError as a rejection: `ERR_BLOCKED_BY_CLIENT` when it cancels, `ERR_FAILED` when it throws.
   */
  ask<N extends keyof WebRequestQuestions>(
    name: N,
    request: WatchedRequest,
    beyond: () => Beyond<WebRequestQuestions[N][0]>,
  ): Promise<WebRequestQuestions[N][1]> | undefined {
    const listener = this.#find(name, request);
    if (listener === undefined) return undefined;
    const { url } = request;
    return new Promise((resolve, reject) => {
      const callback = (response: unknown) => {
        const answer = (typeof response === 'object' && response !== null ? response : {}) as WebRequestQuestions[N][1];
        if (answer.cancel) reject(new NetError('ERR_BLOCKED_BY_CLIENT', { url, detail: `by ${name}` }));
        else resolve(answer);
      };
      const ended = apart(() => {
        listener({ ...request.details(), ...beyond() }, callback);
        return true;
      }, false);
      // Who is to say whether a request is allowed must not let it through by failing.
      if (!ended) reject(new NetError('ERR_FAILED', { url, detail: `the listener of ${name} threw` }));
    });
  }

  #find(name: Name, request: WatchedRequest): AnyListener | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined || entry.filter?.matches(request.matched, request.resourceType) === false
      ? undefined
      : entry.listener;
  }
}
