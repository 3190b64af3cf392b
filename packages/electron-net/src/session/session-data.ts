import { join } from 'node:path';
import { parseUrl } from '@netloom/contracts';
import { MemoryCacheStore } from '@netloom/core/interceptors';
import { loadTough } from './cookies/cookie-rules.js';
import { plain } from './cookies/cookie-store.js';
import { SessionCookies } from './cookies/cookies.js';

/** Kinds of storage that {@link Session.clearStorageData} knows; of these a Node process has cookies. */
export type StorageKind =
  | 'cookies'
  | 'filesystem'
  | 'indexdb'
  | 'localstorage'
  | 'shadercache'
  | 'serviceworkers'
  | 'cachestorage';

/** What {@link Session.clearStorageData} clears. */
export interface ClearStorageDataOptions {
  /** `scheme://host:port`; of cookies, those of that host alone. Default: all. */
  origin?: string;
  /** Default: all. */
  storages?: StorageKind[];
}

/** Kinds of data that {@link Session.clearData} knows; of these a Node process has `cache` and `cookies`. */
export type DataType =
  | 'backgroundFetch'
  | 'cache'
  | 'cookies'
  | 'downloads'
  | 'fileSystems'
  | 'indexedDB'
  | 'localStorage'
  | 'serviceWorkers'
  | 'webSQL';

/** What {@link Session.clearData} clears. */
export interface ClearDataOptions {
  /** Default: all. */
  dataTypes?: DataType[];
  /** Only data of these origins; of cookies, all of their sites. Not together with `excludeOrigins`. */
  origins?: string[];
  /** Only data of other origins; of cookies, of other sites. */
  excludeOrigins?: string[];
  /** Taken as in Electron; no connection is closed. */
  avoidClosingConnections?: boolean;
  /** Taken as in Electron; nothing here belongs to an origin within another's page. */
  originMatchingMode?: 'third-parties-included' | 'origin-in-all-contexts';
}

const COOKIE_FILE = 'netloom-cookies.json';

/** What a session remembers of its requests: cookies, on disk where it has a folder, and responses, in memory. */
export class SessionData {
  readonly cookies: SessionCookies;
  readonly httpCache: MemoryCacheStore;

  /**
   * @param storagePath - folder for what outlives the process; null: nothing does.
   * @param keepsResponses - whether there is a cache.
   */
  constructor(storagePath: string | null, keepsResponses = true) {
    this.httpCache = new MemoryCacheStore(keepsResponses ? {} : { maxEntries: 0 });
    this.cookies = new SessionCookies(storagePath === null ? null : join(storagePath, COOKIE_FILE));
  }

  /** @throws TypeError for an origin that is none, and for what should be a list. */
  clearStorageData(options?: ClearStorageDataOptions | null): void {
    const { origin, storages } = options ?? {};
    checkLists({ storages });
    const host = origin ? plain(parsedOrigin(origin).hostname) : undefined;
    if (storages !== undefined && !storages.includes('cookies')) return;
    this.cookies.clear(({ domain, hostOnly }) => host === undefined || (hostOnly && domain === host));
  }

  /** @throws TypeError for origins that are none, for both lists at once, and for what should be a list. */
  async clearData(options?: ClearDataOptions | null): Promise<void> {
    const { dataTypes, origins, excludeOrigins } = options ?? {};
    checkLists({ dataTypes, origins, excludeOrigins });
    if (origins !== undefined && excludeOrigins !== undefined) {
      throw new TypeError('Cannot provide both origins and excludeOrigins');
    }
    const listed = (origins ?? excludeOrigins)?.map(parsedOrigin);
    const isPicked = (isListed: boolean) => listed === undefined || isListed === (excludeOrigins === undefined);
    const has = (type: DataType) => dataTypes === undefined || dataTypes.includes(type);
    if (has('cache')) {
      const named = new Set(listed?.map(({ origin }) => origin));
      this.httpCache.clear((origin) => isPicked(named.has(origin)));
    }
    if (has('cookies')) {
      const siteOf = await siteFinder();
      const sites = new Set(listed?.map(({ hostname }) => siteOf(plain(hostname))));
      this.cookies.clear(({ domain }) => isPicked(sites.has(siteOf(domain))));
    }
  }
}

function checkLists(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !Array.isArray(value)) throw new TypeError(`\`${name}\` should be an array`);
  }
}

function parsedOrigin(text: string): URL {
  const url = typeof text === 'string' ? parseUrl(text) : undefined;
  if (url !== undefined) return url;
  throw new TypeError(`Invalid origin: '${text}'`);
}

/** Finds the registrable domain of a host; a host without one stands for itself. */
async function siteFinder(): Promise<(host: string) => string> {
  const { getPublicSuffix } = await loadTough();
  return (host) => getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true }) ?? host;
}
