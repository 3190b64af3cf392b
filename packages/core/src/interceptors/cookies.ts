import type { Dispatcher } from 'undici';
import {
  getHeader,
  type HeaderFields,
  type HeaderList,
  hasHeader,
  isFieldValue,
  withoutHeaders,
} from '../http/headers.js';
import { type CookieContext, type CookieJar, MemoryCookieJar } from './cookie-jar.js';
import { ANSWER_OBSERVER, type AnswerObserver, type AnyOptions, headersOf, PRIVACY } from './internal.js';
import { PassingHandler } from './passing-handler.js';
import { addressOf } from './request-url.js';
import { whenReady } from './waiting.js';

/** Options of {@link cookies}. */
export interface CookiesOptions {
  /** Where cookies are kept. Default: a jar in memory, of this layer alone. */
  readonly jar?: CookieJar | undefined;
  /**
   * How requests relate to the site they belong to, for the SameSite attribute: with `strict` all cookies go along, with
   * `lax` all but Strict ones, with `none` neither Strict nor Lax ones. Default: the attribute is not looked at.
   */
  readonly sameSiteContext?: 'strict' | 'lax' | 'none' | undefined;
}

/** What a request may say about cookies, in its dispatch options. */
export interface CookiesRequestOptions {
  /** False sends no cookies from the jar and stores none. Default true. */
  readonly cookies?: boolean | undefined;
}

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

const CONTEXTS: readonly unknown[] = [undefined, 'strict', 'lax', 'none'];

/**
 * Keeps cookies as RFC 6265bis says: sends what the jar has for the URL, stores what answers set, whatever their status,
 * also when a 401 is answered by sign-in further down. Below `redirect` each hop gets the cookies of its own host. A
 * Cookie header of the caller's own goes out as it is, in place of the jar's. Requests with `credentials: 'omit'` and
 * CONNECT neither send nor store any; nor are cookies of a proxy's 407 stored.
 *
 * A request waits until the cookies of the answers before it are stored. What the jar rejects with when it is asked
 * fails the request; what it rejects with when it is to store becomes a process warning.
 *
 * @throws TypeError when the jar has not the methods of {@link CookieJar}, or the context is unknown.
 *
 * @example
 * ```ts
 * import { Agent, request } from 'undici';
 * import { cookies, redirect } from '@netloom/core/interceptors';
 *
 * const dispatcher = new Agent().compose(cookies(), redirect());
 * await request('https://example.org/login', { dispatcher });
 * ```
 */
export function cookies(options: CookiesOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  const { jar = new MemoryCookieJar(), sameSiteContext } = options;
  if (typeof jar?.getCookieString !== 'function' || typeof jar.setCookie !== 'function') {
    throw new TypeError('jar has to be an object with getCookieString(url) and setCookie(cookie, url)');
  }
  if (!CONTEXTS.includes(sameSiteContext)) {
    throw new TypeError(`sameSiteContext has to be 'strict', 'lax' or 'none'; got ${String(sameSiteContext)}`);
  }
  const kept = new KeptCookies(jar, { sameSiteContext, ignoreError: true });
  return (dispatch) => (given, handler) => {
    const request = given as AnyOptions & CookiesRequestOptions;
    if (request.method === 'CONNECT' || request.cookies === false || request[PRIVACY] === true || !request.origin) {
      return dispatch(given, handler);
    }
    const layer = new CookieHandler(kept, request, handler);
    const headers = layer.headers();
    const send = (list: HeaderList) =>
      dispatch({ ...request, headers: list as string[], [ANSWER_OBSERVER]: layer } as AnyOptions, layer);
    if (!(headers instanceof Promise)) return send(headers);
    whenReady(headers, handler, send);
    return true;
  };
}

/** A jar, and what is still on its way into it. */
class KeptCookies {
  readonly #jar: CookieJar;
  readonly #context: CookieContext;
  #storing: Promise<void> | undefined;

  constructor(jar: CookieJar, context: CookieContext) {
    this.#jar = jar;
    this.#context = context;
  }

  /** The Cookie field for a URL. */
  get(url: string): string | Promise<string> {
    if (this.#storing === undefined) return this.#jar.getCookieString(url, this.#context);
    return this.#storing.then(() => this.get(url));
  }

  /** Stores what an answer sets. */
  set(url: string, field: string | string[]): void {
    for (const cookie of [field].flat()) {
      try {
        const stored = this.#jar.setCookie(cookie, url, this.#context);
        if (isThenable(stored)) this.#await(stored);
      } catch (error) {
        warn(error);
      }
    }
  }

  #await(stored: PromiseLike<unknown>): void {
    const storing = Promise.all([stored, this.#storing])
      .then(() => undefined, warn)
      .then(() => {
        if (this.#storing === storing) this.#storing = undefined;
      });
    this.#storing = storing;
  }
}

class CookieHandler extends PassingHandler implements AnswerObserver {
  readonly #kept: KeptCookies;
  readonly #url: string;
  readonly #headers: HeaderList;
  readonly #hasOwn: boolean;
  /** The cookies that were sent last. */
  #sent = '';

  constructor(kept: KeptCookies, options: AnyOptions, handler: Handler) {
    super(handler);
    this.#kept = kept;
    this.#url = addressOf(options);
    this.#headers = headersOf(options);
    this.#hasOwn = hasHeader(this.#headers, 'cookie');
  }

  /** The request's headers with the cookies that there are now. */
  headers(): HeaderList | Promise<HeaderList> {
    if (this.#hasOwn) return this.#headers;
    const cookie = this.#kept.get(this.#url);
    const list = this.#headers;
    return typeof cookie === 'string' ? this.#with(list, cookie) : cookie.then((text) => this.#with(list, text));
  }

  async answered(headers: HeaderFields, sent: HeaderList): Promise<HeaderList> {
    this.#store(headers);
    // Layers below may have changed the fields, and the cookies among them.
    if (this.#hasOwn || (getHeader(sent, 'cookie') ?? '') !== this.#sent) return sent;
    const others = withoutHeaders(sent, (name) => name === 'cookie');
    return this.#with(others, await this.#kept.get(this.#url));
  }

  override onRequestUpgrade(...args: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.#store(args[2]);
    super.onRequestUpgrade(...args);
  }

  override onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    if (status >= 200 && status !== 407) this.#store(headers);
    super.onResponseStart(controller, status, headers, message);
  }

  #store(headers: HeaderFields): void {
    const field = headers['set-cookie'];
    if (field !== undefined) this.#kept.set(this.#url, field);
  }

  #with(list: HeaderList, cookie: string): HeaderList {
    this.#sent = /[\u0100-\uffff]/.test(cookie) ? Buffer.from(cookie).toString('latin1') : cookie;
    if (cookie === '') return list;
    if (!isFieldValue(this.#sent)) throw new TypeError('the cookie jar gave cookies that cannot be sent');
    return [...list, 'cookie', this.#sent];
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | undefined)?.then === 'function';
}

function warn(cause: unknown): void {
  process.emitWarning(new Error('a cookie could not be stored', { cause }));
}
