import { channel } from 'node:diagnostics_channel';
import { isNetError } from '@netloom/contracts';
import type { Client, Layer } from '@netloom/core';

/** A request began or ended. */
export interface RequestLogEvent {
  /** What stands behind the session of the request. */
  readonly network: object;
  readonly id: number;
  readonly phase: 'begin' | 'end';
  readonly method: string;
  readonly url: string;
  readonly status?: number | undefined;
  /** Number of the error that ended it. */
  readonly error?: number | undefined;
}

/** Carries {@link RequestLogEvent}s. */
const requests = channel('netloom:facade-request');

type Handler = Parameters<Client['dispatch']>[1];

let lastId = 0;

/**
 * Tells of requests that begin and end, each hop on its own. Costs next to nothing while nobody listens.
 *
 * @param network - what stands behind their session.
 */
export const requestLog =
  (network: object): Layer =>
  (dispatch) =>
  (options, handler) => {
    if (!requests.hasSubscribers) return dispatch(options, handler);
    lastId += 1;
    const request = { network, id: lastId, method: options.method, url: String(options.origin) + options.path };
    requests.publish({ ...request, phase: 'begin' } satisfies RequestLogEvent);
    const end = (status: number | undefined, error?: Error) => {
      const number = error === undefined ? undefined : isNetError(error) ? error.errno : -2;
      requests.publish({ ...request, phase: 'end', status, error: number } satisfies RequestLogEvent);
    };
    return dispatch(options, new TellingHandler(handler, end));
  };

class TellingHandler implements Handler {
  readonly #handler: Handler;
  readonly #end: (status: number | undefined, error?: Error) => void;
  #status: number | undefined;

  constructor(handler: Handler, end: (status: number | undefined, error?: Error) => void) {
    this.#handler = handler;
    this.#end = end;
  }

  onRequestStart(...args: Parameters<NonNullable<Handler['onRequestStart']>>): void {
    this.#handler.onRequestStart?.(...args);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.#end(args[1]);
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Handler['onResponseStart']>>): void {
    this.#status = args[1];
    this.#handler.onResponseStart?.(...args);
  }

  onResponseData(...args: Parameters<NonNullable<Handler['onResponseData']>>): void {
    this.#handler.onResponseData?.(...args);
  }

  onResponseEnd(...args: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.#end(this.#status);
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseError(...args: Parameters<NonNullable<Handler['onResponseError']>>): void {
    this.#end(this.#status, args[1]);
    this.#handler.onResponseError?.(...args);
  }
}
