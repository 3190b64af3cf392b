import type {
  BeforeSendResponse,
  CallbackResponse,
  HeadersReceivedResponse,
  OnBeforeRedirectListenerDetails,
  OnBeforeRequestListenerDetails,
  OnBeforeSendHeadersListenerDetails,
  OnCompletedListenerDetails,
  OnErrorOccurredListenerDetails,
  OnHeadersReceivedListenerDetails,
  OnResponseStartedListenerDetails,
  OnSendHeadersListenerDetails,
} from './details.js';
import type { WebRequestFilter } from './filter.js';
import type { WebRequestListeners } from './listeners.js';

/** Looks on. */
type Listener<D> = ((details: D) => void) | null;
/** Decides, by calling back, at once or later; the request waits for it. */
type Decider<D, R> = ((details: D, callback: (response: R) => void) => void) | null;

/**
 * Looks at the requests of a session, stops and changes them. There is one listener for each event; another one takes its
 * place, and null removes it. What a listener throws is an uncaught exception, and fails the request that it was to
 * decide on.
 *
 * Every method throws a TypeError for a pattern, a type or a listener that is none.
 *
 * @example
 * ```ts
 * import { app, session } from '@netloom/electron-net';
 *
 * await app.whenReady();
 * const { webRequest } = session.defaultSession;
 * webRequest.onBeforeRequest({ urls: ['*://tracker.test/*'] }, (details, callback) => callback({ cancel: true }));
 * webRequest.onBeforeSendHeaders((details, callback) => {
 *   callback({ requestHeaders: { ...details.requestHeaders, 'X-Trace': String(details.id) } });
 * });
 * ```
 */
export class WebRequest {
  readonly #listeners: WebRequestListeners;

  /** @internal */
  constructor(listeners: WebRequestListeners) {
    this.#listeners = listeners;
  }

  /** A request is about to be made, to whatever scheme: before handlers of protocols are asked, for each redirect anew. */
  onBeforeRequest(filter: WebRequestFilter, listener: Decider<OnBeforeRequestListenerDetails, CallbackResponse>): void;
  onBeforeRequest(listener: Decider<OnBeforeRequestListenerDetails, CallbackResponse>): void;
  onBeforeRequest(...given: unknown[]): void {
    this.#listeners.set('onBeforeRequest', given);
  }

  /** The header fields of an HTTP request are known, cookies among them, and can be changed. */
  onBeforeSendHeaders(
    filter: WebRequestFilter,
    listener: Decider<OnBeforeSendHeadersListenerDetails, BeforeSendResponse>,
  ): void;
  onBeforeSendHeaders(listener: Decider<OnBeforeSendHeadersListenerDetails, BeforeSendResponse>): void;
  onBeforeSendHeaders(...given: unknown[]): void {
    this.#listeners.set('onBeforeSendHeaders', given);
  }

  /** An HTTP request is sent, with these fields. */
  onSendHeaders(filter: WebRequestFilter, listener: Listener<OnSendHeadersListenerDetails>): void;
  onSendHeaders(listener: Listener<OnSendHeadersListenerDetails>): void;
  onSendHeaders(...given: unknown[]): void {
    this.#listeners.set('onSendHeaders', given);
  }

  /** The head of an HTTP response has come, and can be changed before cookies are taken from it. */
  onHeadersReceived(
    filter: WebRequestFilter,
    listener: Decider<OnHeadersReceivedListenerDetails, HeadersReceivedResponse>,
  ): void;
  onHeadersReceived(listener: Decider<OnHeadersReceivedListenerDetails, HeadersReceivedResponse>): void;
  onHeadersReceived(...given: unknown[]): void {
    this.#listeners.set('onHeadersReceived', given);
  }

  /** A redirect came; the request's own `redirect` event is next. */
  onBeforeRedirect(filter: WebRequestFilter, listener: Listener<OnBeforeRedirectListenerDetails>): void;
  onBeforeRedirect(listener: Listener<OnBeforeRedirectListenerDetails>): void;
  onBeforeRedirect(...given: unknown[]): void {
    this.#listeners.set('onBeforeRedirect', given);
  }

  /** The response that the request gets has begun. */
  onResponseStarted(filter: WebRequestFilter, listener: Listener<OnResponseStartedListenerDetails>): void;
  onResponseStarted(listener: Listener<OnResponseStartedListenerDetails>): void;
  onResponseStarted(...given: unknown[]): void {
    this.#listeners.set('onResponseStarted', given);
  }

  /** The response has come to its end. */
  onCompleted(filter: WebRequestFilter, listener: Listener<OnCompletedListenerDetails>): void;
  onCompleted(listener: Listener<OnCompletedListenerDetails>): void;
  onCompleted(...given: unknown[]): void {
    this.#listeners.set('onCompleted', given);
  }

  /** The request failed, or was aborted. */
  onErrorOccurred(filter: WebRequestFilter, listener: Listener<OnErrorOccurredListenerDetails>): void;
  onErrorOccurred(listener: Listener<OnErrorOccurredListenerDetails>): void;
  onErrorOccurred(...given: unknown[]): void {
    this.#listeners.set('onErrorOccurred', given);
  }
}
