import { NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { assertOneOf } from '../client/check.js';
import { getHeader, type HeaderFields, type HeaderList, hasHeader, withHeader } from '../http/headers.js';
import { OnlyIfCached, Revalidation, Uncached } from './cache-handlers.js';
import { CACHE_MODES, type CacheMode, type CacheRequestOptions, storeFor, withModeFields } from './cache-modes.js';
import { type AnyOptions, deadController, headersOf, PRIVACY, UNCACHED_HEADERS, URL_IDENTITY } from './internal.js';
import { type CacheStore, MemoryCacheStore } from './memory-cache-store.js';
import { addressOf } from './request-url.js';
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

/**
 * Keeps GET responses as RFC 9111 allows a private cache, by undici's code, which is loaded with the first request:
 * freshness, Vary, validation, stale-while-revalidate, and the Cache-Control fields of requests (`no-store`, `no-cache`,
 * `only-if-cached` and so on); {@link CacheRequestOptions} has the modes of the Fetch standard. It belongs inside {@link decode}, so that bodies are kept as they were coded.
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
  const { store: given, ...limits } = options;
  const store: Store = given ?? new MemoryCacheStore(limits);
  let loaded: Promise<MakeLayer> | undefined;
  return (dispatch) => {
    let layers: Layers | undefined;
    return (options, handler) => {
      const request = options as Request;
      const { cache: mode = 'default' } = request;
      assertOneOf('cache', mode, CACHE_MODES);
      const headers = withModeFields(mode, headersOf(request));
      if (mode === 'no-store') return dispatch({ ...request, headers: headers as string[] } as AnyOptions, handler);
      if (isLeftAlone(request, headers)) return dispatch(options, handler);
      const mark = (): Request => ({ ...request, headers: headers as string[], [UNCACHED_HEADERS]: headers });
      const send = (ready: Layers) => {
        const isCacheOnly = /\bonly-if-cached\b/i.test(getHeader(headers, 'cache-control') ?? '');
        if (isCacheOnly) return ready.of(mode)(mark(), new OnlyIfCached(handler)) !== false;
        const isUnknown = request.method === 'GET' && store.has?.(request as WithOrigin) === false;
        if (mode !== 'default' || !isUnknown) return ready.of(mode)(mark(), handler) !== false;
        const normal = headers === request.headers ? request : mark();
        return dispatch(normal, new Uncached(handler, (taker) => ready.keeping(mark(), taker)));
      };
      if (layers !== undefined) return send(layers);
      loaded ??= load();
      whenReady(loaded, handler, (make) => {
        layers ??= new Layers(make, store, dispatch);
        send(layers);
      });
      return true;
    };
  };
}

type Request = AnyOptions & CacheRequestOptions;
type Store = CacheStore & Pick<Partial<MemoryCacheStore>, 'has' | 'peek'>;
type WithOrigin = { readonly origin: string; readonly path: string };
type MakeLayer = (store: CacheStore) => Dispatcher.DispatcherComposeInterceptor;

async function load(): Promise<MakeLayer> {
  const { interceptors } = await import('undici');
  return (store) => interceptors.cache({ store: withoutCookies(store), type: 'private' });
}

/** undici's cache over one way to send, for each mode in which it is used. */
class Layers {
  readonly #make: MakeLayer;
  readonly #store: Store;
  readonly #dispatch: Dispatcher.Dispatch;
  readonly #layers = new Map<CacheMode, Dispatcher.Dispatch>();
  /** Hands out undici's handler for a response that the store knows nothing of yet. */
  readonly #keep: Dispatcher.Dispatch;
  #keeper: Dispatcher.DispatchHandler | undefined;

  constructor(make: MakeLayer, store: Store, dispatch: Dispatcher.Dispatch) {
    this.#make = make;
    this.#store = store;
    this.#dispatch = dispatch;
    this.#keep = make(storeFor('reload', store))((_options, handler) => {
      this.#keeper = handler;
      return true;
    });
  }

  of(mode: CacheMode): Dispatcher.Dispatch {
    let layer = this.#layers.get(mode);
    if (layer === undefined) {
      const below = mode === 'only-if-cached' ? missing : withList(this.#dispatch);
      layer = this.#make(storeFor(mode, this.#store))(below);
      this.#layers.set(mode, layer);
    }
    return layer;
  }

  /** The handler that keeps the response to a request and passes it on to a taker. */
  keeping(request: AnyOptions, taker: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    this.#keeper = undefined;
    this.#keep(request, taker);
    // A request with `no-store` gets no handler of undici's.
    return this.#keeper ?? taker;
  }
}

function missing(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
  const error = new NetError('ERR_CACHE_MISS', { url: addressOf(request as AnyOptions) });
  handler.onResponseError?.(deadController(error), error);
  return false;
}

function isLeftAlone(request: AnyOptions, headers: HeaderList): boolean {
  if (request.upgrade || request.method === 'CONNECT' || !request.origin) return true;
  return request[PRIVACY] === true || request[URL_IDENTITY] !== undefined || hasHeader(headers, 'range');
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
