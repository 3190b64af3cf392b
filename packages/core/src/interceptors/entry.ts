import { stringify } from 'node:querystring';
import type { Identity } from '@netloom/contracts';
import { NetError, parseUrl } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { REPLAY_BUFFER_BYTES, ReplayBody, type RequestBody } from '../body/replay.js';
import { isToken, toHeaderList } from '../http/headers.js';
import { identityOf } from '../http/url-identity.js';
import { guardHandler } from './handler-guard.js';
import type { AnyOptions, NormalOptions } from './internal.js';
import { normalOptions } from './normal-options.js';
import { originOfUrl } from './redirect-target.js';

/** Options of {@link entry}. */
export interface EntryOptions {
  /**
   * Bytes of a body that can be read only once (a stream, an iterable) that are kept so that it can be sent again after
   * a challenge or a redirect. Default 1 MiB (1048576); 0 keeps nothing.
   */
  readonly replayBufferBytes?: number | undefined;
  /** Whether a layer below serves a scheme besides http, https, ws and wss (without colon). Default: none does. */
  readonly acceptsScheme?: ((scheme: string) => boolean) | undefined;
}

interface Origin {
  readonly origin: string;
  /** Whether its requests are HTTP's, and so have a path. */
  readonly isHttp: boolean;
  readonly identity: Identity | undefined;
}

/** Schemes that requests can be made to → the scheme of the connection. */
const SCHEMES: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
};
/** Known to be tokens. */
const USUAL_METHODS = new Set<unknown>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** What cannot stand in a request line: controls, space and what is not one byte. */
const NOT_A_PATH = /[^\x21-\x7e\x80-\xff]/;
/** Origins whose text was looked at before are not parsed again; at most this many are remembered. */
const ORIGIN_CACHE_SIZE = 512;

/**
 * The first layer: brings requests into the form that the other layers expect. It takes both handler styles of undici,
 * so what is below works under the built-in `fetch` of every Node version, `undici.fetch` and `undici.request`; checks
 * method, origin, path, headers and body; makes one flat list of the headers in whatever form they came; takes user info
 * and fragment off the URL; makes the body replayable.
 *
 * What is wrong with a request is told to its handler: a `TypeError` for wrong arguments, a
 * {@link @netloom/contracts#NetError} `ERR_UNKNOWN_URL_SCHEME` for an origin of a scheme that nobody serves.
 * What a handler's callback throws ends its request as the request's error.
 *
 * @throws TypeError when `replayBufferBytes` is not a whole number from 0 or `acceptsScheme` no function; from dispatch,
 * when the handler is none.
 *
 * @example
 * ```ts
 * import { Agent } from 'undici';
 * import { decode, entry, redirect } from '@netloom/core/interceptors';
 *
 * // undici composes from the inside out: the last one is the first to see a request.
 * const dispatcher = new Agent().compose(decode(), redirect(), entry());
 * ```
 */
export function entry(options: EntryOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  const limit = options.replayBufferBytes ?? REPLAY_BUFFER_BYTES;
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new TypeError(`replayBufferBytes has to be a whole number from 0; got ${String(limit)}`);
  }
  const { acceptsScheme = () => false } = options;
  if (typeof acceptsScheme !== 'function') {
    throw new TypeError(`acceptsScheme has to be a function; got ${typeof acceptsScheme}`);
  }
  return (dispatch) => (request, handler) => {
    const given = (request ?? {}) as AnyOptions & { responseHeaders?: unknown };
    const guard = guardHandler(handler, given, given.responseHeaders === 'raw');
    try {
      const normal = normalise(request, limit, acceptsScheme);
      guard.body = normal.body;
      return dispatch(normal as unknown as Dispatcher.DispatchOptions, guard);
    } catch (error) {
      guard.onResponseError(undefined, error as Error);
      return false;
    }
  };
}

type AcceptsScheme = NonNullable<EntryOptions['acceptsScheme']>;

function normalise(options: AnyOptions, limit: number, acceptsScheme: AcceptsScheme): NormalOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`dispatch options have to be an object; got ${options === null ? 'null' : typeof options}`);
  }
  const { method, body } = options;
  if (!USUAL_METHODS.has(method) && (typeof method !== 'string' || !isToken(method))) {
    throw new TypeError(`method has to be a token such as GET; got ${describe(method)}`);
  }
  const known = originOf(options.origin, acceptsScheme);
  const { origin, identity } = known;
  const target = targetOf(options, known);
  const hash = target.indexOf('#');
  return normalOptions(options, {
    origin,
    path: hash === -1 ? target : target.slice(0, hash),
    headers: toHeaderList(options.headers),
    body: body === undefined || body === null ? undefined : replayable(body as RequestBody, limit),
    identity,
    fragment: hash === -1 ? undefined : target.slice(hash),
  });
}

function replayable(body: RequestBody, limit: number): ReplayBody | undefined {
  const made = new ReplayBody(body, limit);
  return made.empty ? undefined : made;
}

/** Path with query. */
function targetOf({ path, query, method }: AnyOptions, { origin, isHttp }: Origin): string {
  if (typeof path !== 'string') throw new TypeError(`path has to be a string; got ${describe(path)}`);
  if (method === 'CONNECT') return path;
  // Other schemes need no path, nor, where they have no host, a slash before it.
  const mayFollow = path.charCodeAt(0) === 0x2f || (!isHttp && (!origin.includes('//') || /^(?:\?|$)/.test(path)));
  if (!mayFollow) {
    throw new TypeError('path has to begin with "/"; scheme and host belong into origin');
  }
  if (NOT_A_PATH.test(path)) {
    throw new TypeError(
      'path cannot hold spaces, control characters or characters beyond Latin-1; percent-encode them',
    );
  }
  if (query === undefined || query === null) return path;
  if (typeof query !== 'object') throw new TypeError(`query has to be an object; got ${typeof query}`);
  if (/[?#]/.test(path)) throw new TypeError('query cannot be given beside a path that has a query or a fragment');
  const text = stringify(query);
  return text === '' ? path : `${path}?${text}`;
}

const knownOrigins = new Map<string, Origin>();

function originOf(given: unknown, acceptsScheme: AcceptsScheme): Origin {
  if (typeof given !== 'string' && !(given instanceof URL)) {
    throw new TypeError(`origin has to be a URL or a string such as https://example.org; got ${describe(given)}`);
  }
  const text = typeof given === 'string' ? given : given.href;
  const known = knownOrigins.get(text);
  if (known !== undefined) return known;
  const made = parseOrigin(text, acceptsScheme);
  // Texts with credentials are not kept, nor what is accepted here and now.
  if (made.identity === undefined && made.isHttp) {
    if (knownOrigins.size >= ORIGIN_CACHE_SIZE) knownOrigins.clear();
    knownOrigins.set(text, made);
  }
  return made;
}

function parseOrigin(text: string, acceptsScheme: AcceptsScheme): Origin {
  const url = parseUrl(text);
  if (url === undefined) throw new TypeError('origin has to be an absolute URL such as https://example.org');
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined && !acceptsScheme(url.protocol.slice(0, -1))) {
    throw new NetError('ERR_UNKNOWN_URL_SCHEME', {
      url: text,
      detail: `${url.protocol} is none of http:, https:, ws: and wss:`,
    });
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    throw new TypeError('origin cannot have a path, a query or a fragment; give them as path');
  }
  const isHttp = scheme !== undefined;
  return { origin: isHttp ? `${scheme}//${url.host}` : originOfUrl(url), identity: identityOf(url), isHttp };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}
