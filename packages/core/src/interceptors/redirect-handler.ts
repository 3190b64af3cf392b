import { NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { channels } from '../diagnostics.js';
import type { HeaderFields } from '../http/headers.js';
import { type AnyOptions, REPORT } from './internal.js';
import type { AcceptsScheme, OnRedirect, RedirectMode } from './redirect.js';
import { nextRequest } from './redirect-request.js';
import { locationOf, redirectTarget } from './redirect-target.js';
import { urlOf } from './request-url.js';

type Controller = Dispatcher.DispatchController;

/** How redirects of a request are treated. */
export interface RedirectSettings {
  readonly mode: RedirectMode;
  readonly maxRedirections: number;
  readonly onRedirect: OnRedirect | undefined;
  readonly acceptsScheme: AcceptsScheme;
}

/** The body of a redirect is read to its end so that the connection can serve on: this many bytes, this many ms. */
const MAX_DRAIN_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 1000;

/** One request of a chain. It passes on the answer, or keeps a redirect to itself and sends the next request. */
export class RedirectHandler implements Dispatcher.DispatchHandler {
  readonly #settings: RedirectSettings;
  readonly #dispatch: Dispatcher.Dispatch;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #options: AnyOptions;
  readonly #before: readonly URL[];
  /** The request that follows, while the body of this answer is being read. */
  #next: AnyOptions | undefined;
  #left = false;
  #drained = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    settings: RedirectSettings,
    dispatch: Dispatcher.Dispatch,
    handler: Dispatcher.DispatchHandler,
    options: AnyOptions,
    before: readonly URL[],
  ) {
    this.#settings = settings;
    this.#dispatch = dispatch;
    this.#handler = handler;
    this.#options = options;
    this.#before = before;
  }

  /** URLs of all requests up to this one. */
  get history(): URL[] {
    return [...this.#before, urlOf(this.#options)];
  }

  onRequestStart(controller: Controller, context: object | undefined): void {
    this.#handler.onRequestStart?.(controller, new HopContext(this, context));
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    if (status < 300 || status > 308) {
      this.#handler.onResponseStart?.(controller, status, headers as never, message);
      return;
    }
    try {
      this.#next = this.#planned(status, headers, message);
    } catch (error) {
      controller.abort(error as Error);
      return;
    }
    if (this.#next === undefined) this.#handler.onResponseStart?.(controller, status, headers as never, message);
    else this.#drain(controller, headers);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#left) return;
    if (this.#next === undefined) {
      this.#handler.onResponseData?.(controller, chunk);
      return;
    }
    this.#drained += chunk.length;
    if (this.#drained > MAX_DRAIN_BYTES) this.#cut(controller);
  }

  onResponseEnd(controller: Controller, trailers: HeaderFields): void {
    if (this.#left) return;
    if (this.#next === undefined) this.#handler.onResponseEnd?.(controller, trailers as never);
    else this.#finish(controller);
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#left) return;
    // What happens to the rest of a redirect's body does not matter, but for the caller's own abort.
    if (this.#next !== undefined && !controller.aborted) this.#finish(controller);
    else this.#fail(controller, error);
  }

  /** The request to send next; undefined: the answer is for the caller. */
  #planned(status: number, headers: HeaderFields, message = ''): AnyOptions | undefined {
    const { mode, maxRedirections, onRedirect, acceptsScheme } = this.#settings;
    const from = urlOf(this.#options);
    const location = locationOf(status, headers, from.href);
    if (location === undefined) return undefined;
    if (mode === 'error') {
      throw new NetError('ERR_FAILED', { url: from, detail: "attempted to redirect, but redirect policy was 'error'" });
    }
    const to = redirectTarget(location, from, (scheme) => acceptsScheme(scheme, headers));
    if (this.#before.length >= maxRedirections) {
      throw new NetError('ERR_TOO_MANY_REDIRECTS', { url: from, detail: `more than ${maxRedirections}` });
    }
    const next = nextRequest(status, this.#options, from, to);
    const shown = { from: withoutUserInfo(from), to: withoutUserInfo(to) };
    const hop = { status, statusMessage: message, headers, ...shown, method: next.method };
    if (onRedirect?.(hop) === 'stop') return undefined;
    if (channels.redirect.hasSubscribers) {
      channels.redirect.publish({ from: hop.from.href, to: hop.to.href, status });
    }
    return next.options();
  }

  #drain(controller: Controller, headers: HeaderFields): void {
    if (this.#options.method !== 'HEAD' && Number(headers['content-length'] ?? 0) > MAX_DRAIN_BYTES) {
      this.#cut(controller);
      return;
    }
    this.#timer = setTimeout(() => this.#cut(controller), MAX_DRAIN_MS);
    this.#timer.unref();
  }

  /** Gives the connection up rather than waiting for the rest of the body. */
  #cut(controller: Controller): void {
    const next = this.#leave();
    controller.abort(new NetError('ERR_ABORTED', { detail: 'the body of a redirect was not waited for' }));
    this.#send(controller, next);
  }

  /** The next request may go over the same connection, which is free when this turn is over. */
  #finish(controller: Controller): void {
    const next = this.#leave();
    queueMicrotask(() => {
      // undici's cache says of every body that has ended that it was aborted, but for no reason.
      if (controller.aborted && controller.reason) this.#fail(controller, controller.reason);
      else this.#send(controller, next);
    });
  }

  #leave(): AnyOptions {
    clearTimeout(this.#timer);
    this.#left = true;
    return this.#next as AnyOptions;
  }

  #send(controller: Controller, next: AnyOptions): void {
    // What served this request is not what serves the next one, which may come from the cache.
    const report = next[REPORT];
    if (report !== undefined) report.transaction = undefined;
    try {
      this.#dispatch(next, new RedirectHandler(this.#settings, this.#dispatch, this.#handler, next, this.history));
    } catch (error) {
      this.#fail(controller, error as Error);
    }
  }

  #fail(controller: Controller, error: Error): void {
    clearTimeout(this.#timer);
    this.#left = true;
    this.#handler.onResponseError?.(controller, error);
  }
}

/** The context of a request with the URLs of its chain, which are made when somebody asks for them. */
class HopContext {
  readonly #hop: RedirectHandler;

  constructor(hop: RedirectHandler, below: object | undefined) {
    this.#hop = hop;
    if (below !== undefined) Object.assign(this, below);
  }

  get history(): URL[] {
    return this.#hop.history;
  }
}

function withoutUserInfo(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}
