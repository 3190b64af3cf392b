import { parseUrl } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import type { RequestBody } from '../body/replay.js';
import type { CacheRequestOptions } from '../interceptors/cache-modes.js';
import type { CookiesRequestOptions } from '../interceptors/cookies.js';
import { withInternalFields } from '../interceptors/normal-options.js';
import type { RedirectRequestOptions } from '../interceptors/redirect.js';
import { show } from './check.js';
import { ResponseCollector } from './response-collector.js';
import { type CredentialsRequestOptions, internalFields, Served, type ServedBy } from './served.js';

/** Options of a request: those of `undici.request`, and netloom's. */
export interface RequestOptions
  extends Partial<Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'body' | 'method' | 'dispatcher'>>,
    CredentialsRequestOptions,
    CookiesRequestOptions,
    CacheRequestOptions,
    RedirectRequestOptions {
  /** Default `GET`, or `PUT` with a body. */
  readonly method?: Dispatcher.HttpMethod | (string & {}) | undefined;
  /** The body. A function is called for every attempt, so that a body of any size can be sent again. */
  readonly body?: RequestBody;
}

/** Result of `undici.request`, and how the request was served. */
export interface ClientResponse extends Dispatcher.ResponseData, ServedBy {}

/** Does what `undici.request` does, over a client's dispatcher. */
export function requestWith(
  dispatcher: Dispatcher,
  url: string | URL,
  options: RequestOptions = {},
): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    if ((options as { upgrade?: unknown }).upgrade)
      throw new TypeError('upgrade gives a socket, which a response cannot carry: use dispatch, or dispatcher.upgrade');
    const served = new Served();
    const { origin, path } = targetOf(url);
    const method = options.method ?? (options.body === undefined || options.body === null ? 'GET' : 'PUT');
    const handler = new ResponseCollector(options, served, resolve, reject);
    const request = { ...options, origin, path, method };
    dispatcher.dispatch(withInternalFields(request as never, internalFields(options, served)), handler);
  });
}

/** URLs that were looked at lately are not parsed again. */
const knownTargets = new Map<string, Target>();
const MAX_KNOWN_TARGETS = 256;

interface Target {
  readonly origin: string;
  readonly path: string;
}

function targetOf(url: string | URL): Target {
  const text = typeof url === 'string' ? url : url instanceof URL ? url.href : undefined;
  const known = text === undefined ? undefined : knownTargets.get(text);
  if (known !== undefined) return known;
  const parsed = text === undefined ? undefined : parseUrl(text);
  if (text === undefined || parsed === undefined)
    throw new TypeError(`url has to be an absolute URL; got ${show(url)}`);
  const { protocol, host, username, password, pathname, search, hash } = parsed;
  const userInfo = username === '' && password === '' ? '' : `${username}:${password}@`;
  const target = { origin: `${protocol}//${userInfo}${host}`, path: `${pathname}${search}${hash}` };
  if (userInfo !== '') return target;
  if (knownTargets.size >= MAX_KNOWN_TARGETS) knownTargets.clear();
  knownTargets.set(text, target);
  return target;
}
