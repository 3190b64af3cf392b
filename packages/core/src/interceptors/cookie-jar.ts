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
const MAX_AGE_MS = 400 * 24 * 3600 * 1000;
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
    limitAge(cookie);
    const stored = (this.#jar as ToughJar).setCookieSync(cookie, url, { sameSiteContext, ignoreError: true });
    if (stored?.domain) this.#limitDomain(stored.domain);
  }

  /** A connection that anyone can write to cannot put a cookie before a Secure one (RFC 6265bis section 5.7 step 16). */
  #coversSecure(cookie: Cookie, url: string): boolean {
    const { pathMatch, defaultPath } = this.#tough as Tough;
    const path = cookie.path?.startsWith('/') ? cookie.path : defaultPath(new URL(url).pathname);
    return (this.#jar as ToughJar)
      .getCookiesSync(url.replace(/^http:/, 'https:'), { allPaths: true })
      .some((present) => present.secure && present.key === cookie.key && pathMatch(path, present.path ?? '/'));
  }

  #limitDomain(domain: string): void {
    const jar = this.#jar as ToughJar;
    // The store in memory answers at once, whatever its types say.
    jar.store.findCookies(domain, null, true, (_error, found) => {
      const own = (found ?? []).filter((cookie) => cookie.domain === domain);
      own.sort((a, b) => lastUse(a) - lastUse(b));
      for (const { path, key } of own.slice(0, Math.max(0, own.length - MAX_PER_DOMAIN))) {
        void jar.store.removeCookie(domain, path, key);
      }
    });
  }
}

function limitAge(cookie: Cookie): void {
  const limit = new Date(Date.now() + MAX_AGE_MS);
  if (typeof cookie.maxAge === 'number' && cookie.maxAge * 1000 > MAX_AGE_MS) cookie.setMaxAge(MAX_AGE_MS / 1000);
  if (cookie.expires instanceof Date && cookie.expires > limit) cookie.setExpires(limit);
}

function lastUse({ lastAccessed }: Cookie): number {
  return lastAccessed instanceof Date ? lastAccessed.getTime() : 0;
}
