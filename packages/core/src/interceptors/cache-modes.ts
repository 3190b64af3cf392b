import { getHeader, type HeaderList } from '../http/headers.js';
import type { CacheStore, MemoryCacheStore } from './memory-cache-store.js';

/** How a request uses the cache; see {@link CacheRequestOptions}. */
export const CACHE_MODES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'] as const;

/** How a request uses the cache; see {@link CacheRequestOptions}. */
export type CacheMode = (typeof CACHE_MODES)[number];

/** What a request may say about the cache, in its dispatch options. */
export interface CacheRequestOptions {
  /**
   * The cache mode of the Fetch standard (section 2.2.5). Without a cache in the client it has no effect.
   *
   * - `default`: what is fresh is used, what is not is validated
   * - `no-store`: the cache is neither asked nor fed
   * - `reload`: the cache is not asked, but takes the response
   * - `no-cache`: what there is, is validated first
   * - `force-cache`: what there is, is used, however old
   * - `only-if-cached`: the same, and the request fails with `ERR_CACHE_MISS` when there is nothing
   */
  readonly cache?: CacheMode | undefined;
}

/** Fields that keep the caches on the way from answering, too (Fetch standard, HTTP-network-or-cache fetch). */
const FIELDS: Partial<Record<CacheMode, readonly string[]>> = {
  'no-store': ['Pragma', 'no-cache', 'Cache-Control', 'no-cache'],
  reload: ['Pragma', 'no-cache', 'Cache-Control', 'no-cache'],
  'no-cache': ['Cache-Control', 'max-age=0'],
};

/** The fields of a request with those of its mode; one that says something itself is left as it is. */
export function withModeFields(mode: CacheMode, headers: HeaderList): HeaderList {
  const added = FIELDS[mode];
  if (added === undefined || getHeader(headers, 'cache-control') !== undefined) return headers;
  return [...headers, ...added];
}

/** A store as requests of a mode see it. */
export function storeFor(mode: CacheMode, store: CacheStore & Pick<Partial<MemoryCacheStore>, 'peek'>): CacheStore {
  if (mode === 'default' || mode === 'no-store') return store;
  const view: CacheStore = {
    get: (key) => store.get(key),
    createWriteStream: (key, value) => store.createWriteStream(key, value),
    delete: (key) => store.delete(key),
  };
  if (mode === 'reload') view.get = () => undefined;
  else if (mode === 'no-cache') view.get = (key) => mapped(store.get(key), toBeValidated);
  else view.get = (key) => mapped(store.peek ? store.peek(key) : store.get(key), everFresh);
  return view;
}

type Result = Awaited<ReturnType<CacheStore['get']>>;
type Found = Exclude<Result, undefined>;

function mapped(result: ReturnType<CacheStore['get']>, map: (found: Found) => Found): ReturnType<CacheStore['get']> {
  if (result instanceof Promise) return result.then((found: Result) => found && map(found));
  return result && map(result as Found);
}

function toBeValidated(found: Found): Found {
  return { ...found, cacheControlDirectives: { 'no-cache': true } };
}

function everFresh(found: Found): Found {
  const never = Number.MAX_SAFE_INTEGER;
  return { ...found, cacheControlDirectives: {}, staleAt: never, deleteAt: never };
}
