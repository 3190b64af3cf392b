import type { Dispatcher } from 'undici';
import { getHeader, type HeaderFields, type HeaderList, hasHeader, withHeader } from '../http/headers.js';
import { OnlyIfCached, Revalidation } from './cache-handlers.js';
import { type AnyOptions, deadController, headersOf, PRIVACY, UNCACHED_HEADERS, URL_IDENTITY } from './internal.js';
import { type CacheStore, MemoryCacheStore } from './memory-cache-store.js';
import { whenReady } from './waiting.js';

/** Options of {@link cache}. */
export interface CacheOptions {
  /** Where responses are kept. Default: in memory, within the limits below. */
  readonly store?: CacheStore | undefined;
  /** Responses kept at most. Default 1024. Not for a store of one's own. */
  readonly maxEntries?: number | undefined;
  /** Bytes kept at most in all. Default 100 MiB (104857600). Not for a store of one's own. */
  readonly maxBytes?: number | undefined;
  /** A larger body is not kept, in bytes. Default 5 MiB (5242880). Not for a store of one's own. */
  readonly maxEntryBytes?: number | undefined;
}

const MiB = 1024 * 1024;

/**
 * Keeps GET responses as RFC 9111 allows a private cache, by undici's code, which is loaded with the first request:
 * freshness, Vary, validation, stale-while-revalidate, and the Cache-Control fields of requests (`no-store`, `no-cache`,
 * `only-if-cached` and so on). It belongs inside {@link decode}, so that bodies are kept as they were coded.
 *
 * One client is taken for one user, as a browser is. Never from the cache: requests for ranges, those with
 * `credentials: 'omit'`, and those with credentials in their URL. Set-Cookie fields are not kept: they were for the moment
 * in which they came.
 *
 * @throws TypeError for limits that are no whole numbers from 0, or limits beside a store.
 *
 * @example
 * ```ts
 * import { Agent, request } from 'undici';
 * import { cache, decode } from '@netloom/core/interceptors';
 *
 * const dispatcher = new Agent().compose(cache({ maxBytes: 10 * 1024 * 1024 }), decode());
 * await request('https://example.org/', { dispatcher });
 * ```
 */
export function cache(options: CacheOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  checkLimits(options);
  let loaded: Promise<Dispatcher.DispatcherComposeInterceptor> | undefined;
  return (dispatch) => {
    let layer: Dispatcher.Dispatch | undefined;
    const send = (request: AnyOptions, handler: Dispatcher.DispatchHandler): boolean => {
      const dispatchCached = layer as Dispatcher.Dispatch;
      const isCacheOnly = /\bonly-if-cached\b/i.test(
        getHeader(request[UNCACHED_HEADERS] as HeaderList, 'cache-control') ?? '',
      );
      return dispatchCached(request, isCacheOnly ? new OnlyIfCached(handler) : handler) !== false;
    };
    return (given, handler) => {
      const request = given as AnyOptions;
      const headers = headersOf(request);
      if (isLeftAlone(request, headers)) return dispatch(given, handler);
      const marked: AnyOptions = { ...request, headers: headers as string[], [UNCACHED_HEADERS]: headers };
      if (layer !== undefined) return send(marked, handler);
      loaded ??= load(options);
      whenReady(loaded, handler, (compose) => {
        layer ??= compose(withList(dispatch));
        send(marked, handler);
      });
      return true;
    };
  };
}

function isLeftAlone(request: AnyOptions, headers: HeaderList): boolean {
  if (request.upgrade || request.method === 'CONNECT' || !request.origin) return true;
  return request[PRIVACY] === true || request[URL_IDENTITY] !== undefined || hasHeader(headers, 'range');
}

async function load({ store, maxEntries = 1024, maxBytes = 100 * MiB, maxEntryBytes = 5 * MiB }: CacheOptions) {
  const { interceptors } = await import('undici');
  const kept = store ?? new MemoryCacheStore({ maxEntries, maxBytes, maxEntryBytes });
  return interceptors.cache({ store: withoutCookies(kept), type: 'private' });
}

/** What undici's code sends, as the layers below expect it: headers as a list, failures told to the handler. */
function withList(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (given, handler) => {
    const request = given as AnyOptions;
    const fields = request.headers as unknown as Record<string, string | string[]>;
    const headers = merged(request[UNCACHED_HEADERS] as HeaderList, fields);
    const isRevalidation = headers !== request[UNCACHED_HEADERS];
    try {
      return dispatch(
        { ...request, headers: headers as string[] } as AnyOptions,
        isRevalidation ? new Revalidation(handler, request) : handler,
      );
    } catch (error) {
      handler.onResponseError?.(deadController(error as Error), error as Error);
      return false;
    }
  };
}

/** The list with what was added to its object form; the very same list where nothing was. */
function merged(list: HeaderList, fields: Record<string, string | string[]>): HeaderList {
  let result = list;
  for (const [name, value] of Object.entries(fields)) {
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (getHeader(result, name) !== text) result = withHeader(result, name, text);
  }
  return result;
}

/** A cookie that comes from the cache again might bring back a session that has ended since. */
function withoutCookies(store: CacheStore): CacheStore {
  return {
    get: (key) => store.get(key),
    delete: (key) => store.delete(key),
    createWriteStream(key, value) {
      const { 'set-cookie': _, ...headers } = value.headers as HeaderFields;
      return store.createWriteStream(key, { ...value, headers: headers as typeof value.headers });
    },
  };
}

function checkLimits({ store, ...limits }: CacheOptions): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined) continue;
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new TypeError(`${name} has to be a whole number from 0; got ${String(limit)}`);
    }
    if (store !== undefined) throw new TypeError(`${name} cannot be given beside a store, which has limits of its own`);
  }
}
