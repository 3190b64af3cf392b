import { EventEmitter } from 'node:events';
import { parseUrl } from '@netloom/contracts';
import type { CookieJar } from '@netloom/core/interceptors';
import { type AppEvent, appEvent } from '../../app/app-event.js';
import { emitApart } from '../../emit.js';
import { type Cookie, type StoredCookie, toCookie } from './cookie.js';
import { CookiePersistence } from './cookie-persistence.js';
import {
  acceptedCookie,
  CONTROL_CHARACTERS,
  INVALID_DOMAIN,
  loadTough,
  parseSetCookie,
  type WantedCookie,
} from './cookie-rules.js';
import { type CookieChangeCause, CookieStore } from './cookie-store.js';
import { type CookiesSetDetails, wantedCookie } from './cookies-set-details.js';

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
  /**
   * Resolves when everything is on disk, where the session has a folder. Otherwise it is a second after it was stored,
   * and when the process exits. Cookies without an expiry date end with the process.
   */
  flushStore(): Promise<void>;
}

/** @internal Cookies of a session: what programs see, and the jar of its client. */
export class SessionCookies extends EventEmitter<CookiesEvents> implements Cookies, CookieJar {
  readonly #persistence: CookiePersistence | undefined;
  #loaded: CookieStore | undefined;

  /** @param path - file for those that outlive the process; null: none does. */
  constructor(path: string | null = null) {
    super();
    this.#persistence = path === null ? undefined : new CookiePersistence(path);
  }

  /** Read from disk when cookies are first needed, which for many programs is never. */
  get #store(): CookieStore {
    if (this.#loaded === undefined) {
      this.#loaded = new CookieStore((cookie, cause, removed) => {
        this.#persistence?.note(cookie, removed);
        emitApart(this, 'changed', appEvent(), toCookie(cookie), cause, removed);
      });
      this.#loaded.restore(this.#persistence?.load() ?? []);
    }
    return this.#loaded;
  }

  async get(filter: CookiesGetFilter): Promise<Cookie[]> {
    const { url, domain } = filter ?? {};
    if (!isAbsent(domain) && typeof domain !== 'string') throw new TypeError('`domain` should be a string');
    const parsed = url ? parseUrl(url) : undefined;
    if (url && parsed === undefined) return [];
    const cookies = parsed === undefined ? this.#store.all() : this.#store.forUrl(parsed);
    return cookies
      .filter((cookie) => isAbsent(domain) || isWithin(cookie, domain))
      .map(toCookie)
      .filter((cookie) => FIELDS.every((name) => isAbsent(filter?.[name]) || filter[name] === cookie[name]));
  }

  async set(details: CookiesSetDetails): Promise<void> {
    const parsed = parseUrl(details?.url);
    const wanted = wantedCookie(details, parsed);
    if (parsed === undefined) throw refused(INVALID_DOMAIN);
    if (/;/.test(wanted.name + wanted.value)) throw refused(CONTROL_CHARACTERS);
    const cookie = acceptedCookie(await loadTough(), wanted, parsed);
    if (typeof cookie === 'string') throw refused(cookie);
    this.#store.put(cookie);
  }

  async remove(url: string, name: string): Promise<void> {
    const parsed = parseUrl(url);
    if (parsed === undefined) return;
    for (const cookie of this.#store.forUrl(parsed)) if (cookie.name === name) this.#store.delete(cookie);
  }

  async flushStore(): Promise<void> {
    await this.#persistence?.flush();
  }

  /** Removes the cookies that a function picks. */
  clear(picks: (cookie: StoredCookie) => boolean): void {
    for (const cookie of this.#store.all()) if (picks(cookie)) this.#store.delete(cookie);
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

/** Whether a field of a filter is left out; null is as good as nothing. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A cookie of `.example.com` is found by `example.com` and by what is below it. */
function isWithin({ domain, hostOnly }: StoredCookie, filter: string): boolean {
  const wanted = filter.replace(/^\./, '').toLowerCase();
  if (wanted === domain || domain.endsWith(`.${wanted}`)) return true;
  return !hostOnly && wanted.endsWith(`.${domain}`);
}

function refused(reason: string): Error {
  return new Error(`Failed to set cookie - ${reason}`);
}
