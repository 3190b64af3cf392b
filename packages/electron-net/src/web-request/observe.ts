import { isNetError, NetError } from '@netloom/contracts';
import type { Client, DispatchOptions, Layer } from '@netloom/core';
import { PassingHandler, type RedirectHop } from '@netloom/core/interceptors';
import type { WebRequestListeners } from './listeners.js';
import { WATCHED, WatchedRequest, watchedOptions } from './watched-request.js';

type Handler = Parameters<Client['dispatch']>[1];
type Args<E extends keyof Handler> = Parameters<NonNullable<Handler[E]>>;

/** Stands above `redirect`: begins to watch a request where somebody listens, and tells what becomes of it. */
export function observing(listeners: WebRequestListeners): Layer {
  return (dispatch) => (options, handler) => {
    if (listeners.isEmpty) return dispatch(options, handler);
    const request = new WatchedRequest(watchedOptions(options));
    const { onRedirect } = options as DispatchOptions;
    const watched = {
      ...options,
      [WATCHED]: request,
      onRedirect: (hop: RedirectHop) => {
        const { status, statusMessage, headers, to } = hop;
        listeners.tell('onBeforeRedirect', request, () => ({
          ...request.response(status, statusMessage, headers),
          redirectURL: to.href,
        }));
        return onRedirect?.(hop);
      },
    };
    return dispatch(watched, new ObservingHandler(handler, request, listeners));
  };
}

class ObservingHandler extends PassingHandler {
  readonly #request: WatchedRequest;
  readonly #listeners: WebRequestListeners;
  #response: ReturnType<WatchedRequest['response']> | undefined;

  constructor(handler: Handler, request: WatchedRequest, listeners: WebRequestListeners) {
    super(handler);
    this.#request = request;
    this.#listeners = listeners;
  }

  override onRequestUpgrade(...args: Args<'onRequestUpgrade'>): void {
    const [controller, status, fields] = args;
    this.#begin(status, 'Switching Protocols', fields, controller);
    this.#complete();
    super.onRequestUpgrade(...args);
  }

  override onResponseStart(...args: Args<'onResponseStart'>): void {
    const [controller, status, fields, message] = args;
    if (status >= 200) this.#begin(status, message, fields, controller);
    super.onResponseStart(...args);
  }

  override onResponseEnd(...args: Args<'onResponseEnd'>): void {
    this.#complete();
    super.onResponseEnd(...args);
  }

  override onResponseError(...args: Args<'onResponseError'>): void {
    const [controller, error] = args;
    const other = controller?.aborted ? 'ERR_ABORTED' : 'ERR_FAILED';
    this.#listeners.tell('onErrorOccurred', this.#request, () => ({
      fromCache: this.#request.isFromCache,
      error: `net::${isNetError(error) ? error.code : other}`,
    }));
    super.onResponseError(controller, error ?? new NetError(other));
  }

  #begin(...args: Parameters<WatchedRequest['response']>): void {
    const response = this.#request.response(...args);
    this.#response = response;
    this.#listeners.tell('onResponseStarted', this.#request, () => response);
  }

  #complete(): void {
    const response = this.#response;
    if (response !== undefined) {
      this.#listeners.tell('onCompleted', this.#request, () => ({ ...response, error: 'net::OK' }));
    }
  }
}
