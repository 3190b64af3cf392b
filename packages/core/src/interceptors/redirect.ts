import type { Dispatcher } from 'undici';
import type { HeaderFields } from '../http/headers.js';
import type { AnyOptions } from './internal.js';
import { RedirectHandler, type RedirectSettings } from './redirect-handler.js';

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

/**
 * Says whether a scheme besides `http` and `https` (without colon) may be redirected to; gets the fields of the answer, as
 * the layer below has handed them on. Called synchronously.
 */
export type AcceptsScheme = (scheme: string, headers: HeaderFields) => boolean;

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
  /** Whether a scheme besides `http` and `https` may be redirected to. Default: none. */
  readonly acceptsScheme?: AcceptsScheme | undefined;
}

type RequestOptions = AnyOptions & RedirectRequestOptions;

const MODES: readonly unknown[] = ['follow', 'error', 'manual'];
const MAX_REDIRECTIONS = 20;

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
  const defaults: RedirectSettings = {
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
    return dispatch(first, new RedirectHandler(settings, dispatch, handler, first, []));
  };
}

function settingsOf(request: RequestOptions, defaults: RedirectSettings): RedirectSettings {
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
