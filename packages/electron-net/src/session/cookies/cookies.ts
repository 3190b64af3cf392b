import { EventEmitter } from 'node:events';
import type { CookieJar } from '@netloom/core/interceptors';
import { type AppEvent, appEvent } from '../../app/app-event.js';
import { emitApart } from '../../emit.js';
import { type Cookie, type SameSite, type StoredCookie, toCookie } from './cookie.js';
import {
  acceptedCookie,
  CONTROL_CHARACTERS,
  INVALID_DOMAIN,
  loadTough,
  parseSetCookie,
  type WantedCookie,
} from './cookie-rules.js';
import { type CookieChangeCause, CookieStore } from './cookie-store.js';

/** Which cookies {@link Cookies.get} finds; without a field all values are right. */
export interface CookiesGetFilter {
  /** URL that the cookies would be sent to. */
  url?: string;
  name?: string;
  /** Domain of the cookies, or a domain below it. */
  domain?: string;
  path?: string;
  secure?: boolean;
  session?: boolean;
  httpOnly?: boolean;
}

/** What {@link Cookies.set} makes a cookie from. */
export interface CookiesSetDetails {
  /** URL that the cookie belongs to. */
  url: string;
  /** Default: empty. */
  name?: string;
  /** Default: empty. */
  value?: string;
  /** Domain that the cookie is for, with everything below it. Default: the URL's host alone. */
  domain?: string;
  /** Default: the folder of the URL. */
  path?: string;
  /** Default false. */
  secure?: boolean;
  /** Default false. */
  httpOnly?: boolean;
  /** Seconds since 1 January 1970 UTC. Default: until the session ends. */
  expirationDate?: number;
  /** Default `unspecified`. */
  sameSite?: SameSite;
}

/** Events of {@link Cookies} and their listeners' arguments. */
export interface CookiesEvents {
  changed: [event: AppEvent, cookie: Cookie, cause: CookieChangeCause, removed: boolean];
}

/** The cookies of a session. */
export interface Cookies extends EventEmitter<CookiesEvents> {
  /** The cookies that a filter lets through. */
  get(filter: CookiesGetFilter): Promise<Cookie[]>;
  /** Stores a cookie. Rejects with the reason where it cannot be one of its URL. */
  set(details: CookiesSetDetails): Promise<void>;
  /** Removes the cookies of a name that would be sent to a URL. */
  remove(url: string, name: string): Promise<void>;
  /** Resolves when everything is stored. */
  flushStore(): Promise<void>;
}

const SAME_SITE: readonly unknown[] = ['unspecified', 'no_restriction', 'lax', 'strict'];

/** @internal Cookies in memory: what programs see, and the jar of the session's client. */
export class SessionCookies extends EventEmitter<CookiesEvents> implements Cookies, CookieJar {
  readonly #store = new CookieStore((cookie, cause, removed) => {
    emitApart(this, 'changed', appEvent(), toCookie(cookie), cause, removed);
  });

  async get(filter: CookiesGetFilter = {}): Promise<Cookie[]> {
    const { url, domain } = filter;
    if (url && !URL.canParse(url)) return [];
    const cookies = url ? this.#store.forUrl(new URL(url)) : this.#store.all();
    return cookies
      .filter((cookie) => domain === undefined || isWithin(cookie, domain))
      .map(toCookie)
      .filter((cookie) => FIELDS.every((name) => filter[name] === undefined || filter[name] === cookie[name]));
  }

  async set(details: CookiesSetDetails): Promise<void> {
    const { url, name = '', value = '', domain, path, expirationDate } = details;
    const { secure = false, httpOnly = false, sameSite = 'unspecified' } = details;
    if (!SAME_SITE.includes(sameSite)) {
      throw new Error(`Failed to convert '${sameSite}' to an appropriate cookie same site value`);
    }
    if (!URL.canParse(url)) throw refused(INVALID_DOMAIN);
    if (/;/.test(name + value)) throw refused(CONTROL_CHARACTERS);
    const wanted = { name, value, domain, path, secure, httpOnly, sameSite, expires: expirationDate };
    const cookie = acceptedCookie(await loadTough(), wanted, new URL(url));
    if (typeof cookie === 'string') throw refused(cookie);
    this.#store.put(cookie);
  }

  async remove(url: string, name: string): Promise<void> {
    if (!URL.canParse(url)) return;
    for (const cookie of this.#store.forUrl(new URL(url))) if (cookie.name === name) this.#store.delete(cookie);
  }

  async flushStore(): Promise<void> {
    // Cookies are kept in memory, where they are at once.
  }

  getCookieString(url: string): string {
    const sent = this.#store.forUrl(new URL(url));
    return sent.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
  }

  async setCookie(text: string, url: string): Promise<void> {
    const tough = await loadTough();
    const wanted: WantedCookie | undefined = parseSetCookie(tough, text);
    const cookie = wanted && acceptedCookie(tough, wanted, new URL(url));
    // A cookie that may not be is left out, as browsers do it.
    if (typeof cookie === 'object') this.#store.put(cookie);
  }
}

const FIELDS = ['name', 'path', 'secure', 'session', 'httpOnly'] as const;

/** A cookie of `.example.com` is found by `example.com` and by what is below it. */
function isWithin({ domain, hostOnly }: StoredCookie, filter: string): boolean {
  const wanted = filter.replace(/^\./, '').toLowerCase();
  if (wanted === domain || domain.endsWith(`.${wanted}`)) return true;
  return !hostOnly && wanted.endsWith(`.${domain}`);
}

function refused(reason: string): Error {
  return new Error(`Failed to set cookie - ${reason}`);
}
