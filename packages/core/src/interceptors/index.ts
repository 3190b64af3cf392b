/**
 * The layers of netloom's pipeline, one by one: undici interceptors, each usable alone.
 *
 * @packageDocumentation
 */
export { type CacheOptions, cache } from './cache.js';
export type { CacheMode, CacheRequestOptions } from './cache-modes.js';
export type { CookieContext, CookieJar } from './cookie-jar.js';
export { type CookiesOptions, type CookiesRequestOptions, cookies } from './cookies.js';
export { type DecodeOptions, decode } from './decode.js';
export { type EntryOptions, entry } from './entry.js';
export { type CacheStore, type MemoryCacheLimits, MemoryCacheStore } from './memory-cache-store.js';
export { PassingHandler } from './passing-handler.js';
export {
  type AcceptsScheme,
  type OnRedirect,
  type RedirectHop,
  type RedirectMode,
  type RedirectOptions,
  type RedirectRequestOptions,
  redirect,
} from './redirect.js';
export { whenReady } from './waiting.js';
