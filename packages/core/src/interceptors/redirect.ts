import { NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { channels } from '../diagnostics.js';
import type { HeaderFields } from '../http/headers.js';
import type { AnyOptions } from './internal.js';
import { nextRequest } from './redirect-request.js';
import { locationOf, redirectTarget } from './redirect-target.js';
import { urlOf } from './request-url.js';

/**
 * What becomes of a redirect: `follow` goes where it leads, `error` fails the request with `ERR_FAILED`, `manual` hands
 * the answer to the caller like any other.
 */
export type RedirectMode = 'follow' | 'error' | 'manual';

/** A redirect that is about to be followed. */
export interface RedirectHop {
  /** 301, 302, 303, 307 or 308. */
  readonly status: number;
  readonly statusMessage: string;
  /** Fields of the answer; names in lower case, a repeated field is an array. */
  readonly headers: HeaderFields;
  /** URL of the request that was answered; without user info. */
  readonly from: URL;
  /** URL that comes next; without user info, with the fragment that applies to it. */
  readonly to: URL;
  /** Method of the next request. */
  readonly method: string;
}

/** Sees a redirect before it is followed; `'stop'` hands the answer to the caller instead. Called synchronously. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks on returns nothing at all
export type OnRedirect = (hop: RedirectHop) => 'stop' | undefined | void;

/** What a request may say about redirects, in its dispatch options; it wins over {@link RedirectOptions}. */
export interface RedirectRequestOptions {
  readonly redirect?: RedirectMode | undefined;
  /** Redirects to follow at most. Without `redirect`, 0 means `manual` and more means `follow`. */
  readonly maxRedirections?: number | undefined;
  readonly onRedirect?: OnRedirect | undefined;
}

/** Options of {@link redirect}. */
export interface RedirectOptions {
  /** Default `follow`. */
  readonly mode?: RedirectMode | undefined;
  /** Redirects to follow at most before `ERR_TOO_MANY_REDIRECTS`. Default 20. */
  readonly maxRedirections?: number | undefined;
  readonly onRedirect?: OnRedirect | undefined;
  /** Whether a scheme besides `http` and `https` (without colon) may be redirected to. Default: none. */
  readonly acceptsScheme?: ((scheme: string) => boolean) | undefined;
}

interface Settings {
  readonly mode: RedirectMode;
  readonly maxRedirections: number;
  readonly onRedirect: OnRedirect | undefined;
  readonly acceptsScheme: (scheme: string) => boolean;
}

type Controller = Dispatcher.DispatchController;
type RequestOptions = AnyOptions & RedirectRequestOptions;

const MODES: readonly unknown[] = ['follow', 'error', 'manual'];
const MAX_REDIRECTIONS = 20;
/** The body of a redirect is read to its end so that the connection can serve on: this many bytes, this many ms. */
const MAX_DRAIN_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 1000;

/**
 * Follows redirects as browsers do (RFC 9110 section 15.4): POST becomes GET after 301 and 302, every method but HEAD
 * becomes GET after 303, 307 and 308 keep method and body. `authorization`, `proxy-authorization`, `cookie`, `host` and
 * user info stay with the origin that they were given for. The same URL may come again, up to the limit.
 *
 * The URLs of all requests, the last one included, are in `history` of the context that the handler gets.
 *
 * Requests fail with `ERR_TOO_MANY_REDIRECTS`, `ERR_INVALID_REDIRECT`, `ERR_UNSAFE_REDIRECT` (file:, data:, about:,
 * blob:), `ERR_UNKNOWN_URL_SCHEME`, `ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION`, and with
 * `ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED` where a body would have to be sent again that can be read only once.
 *
 * @throws TypeError for options of wrong types, also those of a request.
 *
 * @example
 * ```ts
 * import { Agent, request } from 'undici';
 * import { redirect } from '@netloom/core/interceptors';
 *
 * const dispatcher = new Agent().compose(
 *   redirect({ onRedirect: ({ status, from, to }) => console.log(status, from.href, to.href) }),
 * );
 * const { statusCode } = await request('http://example.org/', { dispatcher });
 * ```
 */
export function redirect(options: RedirectOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  const defaults: Settings = {
    mode: checkedMode(options.mode ?? 'follow', 'mode'),
    maxRedirections: checkedLimit(options.maxRedirections ?? MAX_REDIRECTIONS),
    onRedirect: checkedFunction(options.onRedirect, 'onRedirect'),
    acceptsScheme: checkedFunction(options.acceptsScheme, 'acceptsScheme') ?? (() => false),
  };
  return (dispatch) => (given, handler) => {
    const request = given as RequestOptions;
    const settings = settingsOf(request, defaults);
    if (settings.mode === 'manual' || !request.origin || request.upgrade || request.method === 'CONNECT') {
      return dispatch(request.maxRedirections ? withoutLimit(request) : given, handler);
    }
    const first = request.maxRedirections ? withoutLimit(request) : request;
    return dispatch(first, new Hop(settings, dispatch, handler, first, []));
  };
}

/** One request of a chain. It passes on the answer, or keeps a redirect to itself and sends the next request. */
class Hop implements Dispatcher.DispatchHandler {
  readonly #settings: Settings;
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
    settings: Settings,
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
    const to = redirectTarget(location, from, acceptsScheme);
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
    try {
      this.#dispatch(next, new Hop(this.#settings, this.#dispatch, this.#handler, next, this.history));
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
  readonly #hop: Hop;

  constructor(hop: Hop, below: object | undefined) {
    this.#hop = hop;
    if (below !== undefined) Object.assign(this, below);
  }

  get history(): URL[] {
    return this.#hop.history;
  }
}

function settingsOf(request: RequestOptions, defaults: Settings): Settings {
  const { redirect, maxRedirections, onRedirect } = request;
  if (redirect === undefined && maxRedirections === undefined && onRedirect === undefined) return defaults;
  const limit = maxRedirections === undefined ? undefined : checkedLimit(maxRedirections);
  const implied = limit === undefined ? defaults.mode : limit === 0 ? 'manual' : 'follow';
  return {
    ...defaults,
    mode: redirect === undefined ? implied : checkedMode(redirect, 'redirect'),
    maxRedirections: limit ?? defaults.maxRedirections,
    onRedirect: checkedFunction(onRedirect, 'onRedirect') ?? defaults.onRedirect,
  };
}

/** undici refuses requests that name a limit. */
function withoutLimit(request: RequestOptions): AnyOptions {
  return { ...request, maxRedirections: undefined } as RequestOptions;
}

function withoutUserInfo(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

function checkedMode(mode: unknown, name: string): RedirectMode {
  if (MODES.includes(mode)) return mode as RedirectMode;
  throw new TypeError(`${name} has to be 'follow', 'error' or 'manual'; got ${String(mode)}`);
}

function checkedLimit(limit: unknown): number {
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return limit as number;
  throw new TypeError(`maxRedirections has to be a whole number from 0; got ${String(limit)}`);
}

function checkedFunction<T>(value: T, name: string): T {
  if (value === undefined || typeof value === 'function') return value;
  throw new TypeError(`${name} has to be a function; got ${typeof value}`);
}
