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
 * Goes on with a request once something is there that it needs. Until then its handler has a controller by which it can
 * be aborted; a rejection, or what `go` throws, fails the request.
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
