import type { Dispatcher } from 'undici';
import { deadController } from './internal.js';

/** The controller of a request that no connection works on yet: all that can be done with it is to abort it. */
class WaitingController implements Dispatcher.DispatchController {
  readonly #onAbort: (reason: Error) => void;
  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(onAbort: (reason: Error) => void) {
    this.#onAbort = onAbort;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason ?? new DOMException('This operation was aborted', 'AbortError');
    this.#onAbort(this.reason);
  }
}

/**
 * Goes on with a request once something is there that a layer needs for it. Until then its handler has a controller by
 * which it can be aborted; a rejection, or what `go` throws, fails the request.
 *
 * @param ready - resolves with what the request needs.
 * @param handler - the handler of the request.
 * @param go - sends the request on; not called when it was aborted meanwhile.
 *
 * @example
 * ```ts
 * import { createClient, type Layer } from '@netloom/core';
 * import { whenReady } from '@netloom/core/interceptors';
 *
 * const currentToken = async () => 'secret';
 * const signed: Layer = (dispatch) => (options, handler) => {
 *   whenReady(currentToken(), handler, (token) => {
 *     dispatch({ ...options, headers: [...(options.headers as string[]), 'authorization', `Bearer ${token}`] }, handler);
 *   });
 *   return true;
 * };
 * const client = createClient({ layers: [{ after: 'redirect', layer: signed }] });
 * ```
 */
export function whenReady<T>(ready: Promise<T>, handler: Dispatcher.DispatchHandler, go: (value: T) => void): void {
  let waiting = true;
  const settle = (): boolean => {
    const first = waiting;
    waiting = false;
    return first;
  };
  const controller = new WaitingController((reason) => {
    if (settle()) handler.onResponseError?.(controller, reason);
  });
  handler.onRequestStart?.(controller, undefined);
  ready
    .then((value) => {
      if (settle()) go(value);
    })
    .catch((error: Error) => {
      settle();
      if (!controller.aborted) handler.onResponseError?.(deadController(error), error);
    });
}
