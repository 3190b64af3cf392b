import type { WebRequestEvents, WebRequestQuestions } from './details.js';
import type { WebRequestFilter } from './filter.js';
import type { WebRequestListeners } from './listeners.js';

/** Looks on. */
type Listener<N extends keyof WebRequestEvents> = ((details: WebRequestEvents[N]) => void) | null;
/** Decides, by calling back, at once or later; the request waits for it. */
type Decider<N extends keyof WebRequestQuestions> =
  | ((details: WebRequestQuestions[N][0], callback: (response: WebRequestQuestions[N][1]) => void) => void)
  | null;

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
  onBeforeRequest(filter: WebRequestFilter, listener: Decider<'onBeforeRequest'>): void;
  onBeforeRequest(listener: Decider<'onBeforeRequest'>): void;
  onBeforeRequest(...given: unknown[]): void {
    this.#listeners.set('onBeforeRequest', given);
  }

  /** The header fields of an HTTP request are known, cookies among them, and can be changed. */
  onBeforeSendHeaders(filter: WebRequestFilter, listener: Decider<'onBeforeSendHeaders'>): void;
  onBeforeSendHeaders(listener: Decider<'onBeforeSendHeaders'>): void;
  onBeforeSendHeaders(...given: unknown[]): void {
    this.#listeners.set('onBeforeSendHeaders', given);
  }

  /** An HTTP request is sent, with these fields. */
  onSendHeaders(filter: WebRequestFilter, listener: Listener<'onSendHeaders'>): void;
  onSendHeaders(listener: Listener<'onSendHeaders'>): void;
  onSendHeaders(...given: unknown[]): void {
    this.#listeners.set('onSendHeaders', given);
  }

  /** The head of an HTTP response has come, and can be changed before cookies are taken from it. */
  onHeadersReceived(filter: WebRequestFilter, listener: Decider<'onHeadersReceived'>): void;
  onHeadersReceived(listener: Decider<'onHeadersReceived'>): void;
  onHeadersReceived(...given: unknown[]): void {
    this.#listeners.set('onHeadersReceived', given);
  }

  /** A redirect came; the request's own `redirect` event is next. */
  onBeforeRedirect(filter: WebRequestFilter, listener: Listener<'onBeforeRedirect'>): void;
  onBeforeRedirect(listener: Listener<'onBeforeRedirect'>): void;
  onBeforeRedirect(...given: unknown[]): void {
    this.#listeners.set('onBeforeRedirect', given);
  }

  /** The response that the request gets has begun. */
  onResponseStarted(filter: WebRequestFilter, listener: Listener<'onResponseStarted'>): void;
  onResponseStarted(listener: Listener<'onResponseStarted'>): void;
  onResponseStarted(...given: unknown[]): void {
    this.#listeners.set('onResponseStarted', given);
  }

  /** The response has come to its end. */
  onCompleted(filter: WebRequestFilter, listener: Listener<'onCompleted'>): void;
  onCompleted(listener: Listener<'onCompleted'>): void;
  onCompleted(...given: unknown[]): void {
    this.#listeners.set('onCompleted', given);
  }

  /** The request failed, or was aborted. */
  onErrorOccurred(filter: WebRequestFilter, listener: Listener<'onErrorOccurred'>): void;
  onErrorOccurred(listener: Listener<'onErrorOccurred'>): void;
  onErrorOccurred(...given: unknown[]): void {
    this.#listeners.set('onErrorOccurred', given);
  }
}
