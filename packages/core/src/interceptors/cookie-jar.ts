import type { Cookie, CookieJar as ToughJar } from 'tough-cookie';
import { isFieldValue } from '../http/headers.js';

/** What a jar is told about a request beside its URL. */
export interface CookieContext {
  /** How the request relates to the site it belongs to; undefined: SameSite attributes are not looked at. */
  readonly sameSiteContext: 'strict' | 'lax' | 'none' | undefined;
  /** A cookie that the rules do not allow is dropped without an error. */
  readonly ignoreError: true;
}

/**
 * Where cookies are kept. A `CookieJar` of tough-cookie is one; any other object with these two methods is as well.
 * Texts hold one byte per character, as header fields do. A method that is not asynchronous spares each request a turn
 * of the event loop.
 */
export interface CookieJar {
  /** The Cookie field for a request, `''` for none. */
  getCookieString(url: string, context: CookieContext): string | Promise<string>;
  /** Takes one Set-Cookie field of an answer. */
  setCookie(cookie: string, url: string, context: CookieContext): unknown;
}

/** RFC 6265bis section 5.6: a longer name and value, or one with control characters, is no cookie. */
const MAX_COOKIE_BYTES = 4096;
/** RFC 6265bis section 5.5 caps the life of a cookie. */
const MAX_LIFE_MS = 400 * 24 * 3600 * 1000;
/** As many as browsers keep for a domain before they drop those used longest ago. */
const MAX_PER_DOMAIN = 180;

type Tough = typeof import('tough-cookie');

/**
 * The jar of a client that was given none: in memory, by the rules of RFC 6265bis. tough-cookie, which does the work, is
 * loaded when the first cookie comes.
 */
export class MemoryCookieJar implements CookieJar {
  #loading: Promise<void> | undefined;
  #tough: Tough | undefined;
  #jar: ToughJar | undefined;

  getCookieString(url: string, { sameSiteContext }: CookieContext): string {
    return this.#jar?.getCookieStringSync(url, { sameSiteContext }) ?? '';
  }

  setCookie(text: string, url: string, context: CookieContext): void | Promise<void> {
    if (this.#jar !== undefined) return this.#set(text, url, context);
    this.#loading ??= this.#load();
    return this.#loading.then(() => this.#set(text, url, context));
  }

  async #load(): Promise<void> {
    this.#tough = await import('tough-cookie');
    this.#jar = new this.#tough.CookieJar(undefined, {
      rejectPublicSuffixes: true,
      looseMode: true,
      enforceSecureOriginOnStorage: true,
      allowSecureOnLocal: true,
    });
  }

  #set(text: string, url: string, { sameSiteContext }: CookieContext): void {
    if (!isFieldValue(text)) return;
    const cookie = (this.#tough as Tough).Cookie.parse(text, { loose: true });
    if (cookie === undefined || cookie.key.length + cookie.value.length > MAX_COOKIE_BYTES) return;
    if (!url.startsWith('https:') && this.#coversSecure(cookie, url)) return;
    limitLife(cookie);
    const stored = (this.#jar as ToughJar).setCookieSync(cookie, url, { sameSiteContext, ignoreError: true });
    if (stored?.domain) this.#limitDomain(stored.domain);
  }

  /** A connection that anyone can write to cannot put a cookie before a Secure one (RFC 6265bis section 5.7 step 16). */
  #coversSecure(cookie: Cookie, url: string): boolean {
    const { pathMatch, defaultPath } = this.#tough as Tough;
    const { hostname, pathname } = new URL(url);
    const path = cookie.path?.startsWith('/') ? cookie.path : defaultPath(pathname);
    return this.#stored(cookie.domain ?? hostname).some(
      (present) => present.secure && present.key === cookie.key && pathMatch(path, present.path ?? '/'),
    );
  }

  #limitDomain(domain: string): void {
    const own = this.#stored(domain).filter((cookie) => cookie.domain === domain);
    if (own.length <= MAX_PER_DOMAIN) return;
    own.sort((a, b) => lastUse(a) - lastUse(b));
    for (const { path, key } of own.slice(0, own.length - MAX_PER_DOMAIN)) {
      void (this.#jar as ToughJar).store.removeCookie(domain, path, key);
    }
  }

  /** Cookies of a domain and those above it. Asking the jar would count as a use of each. */
  #stored(domain: string): Cookie[] {
    let stored: Cookie[] = [];
    // The store in memory calls back at once.
    (this.#jar as ToughJar).store.findCookies(domain, null, true, (_error, found) => {
      stored = found ?? [];
    });
    return stored;
  }
}

/**
 * Makes one date of Max-Age and Expires, at most 400 days away. tough-cookie would count Max-Age from the last use.
 */
function limitLife(cookie: Cookie): void {
  const now = Date.now();
  const { maxAge, expires } = cookie;
  let end = expires instanceof Date ? expires.getTime() : undefined;
  if (maxAge !== null) end = Number(maxAge) > 0 ? now + Number(maxAge) * 1000 : 0;
  cookie.maxAge = null;
  if (end !== undefined) cookie.expires = new Date(Math.min(end, now + MAX_LIFE_MS));
}

function lastUse({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0;
}
