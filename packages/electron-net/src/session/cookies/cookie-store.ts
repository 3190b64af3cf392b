import type { StoredCookie } from './cookie.js';

/** Why a cookie came or went. */
export type CookieChangeCause =
  | 'inserted'
  | 'inserted-no-change-overwrite'
  | 'inserted-no-value-change-overwrite'
  | 'explicit'
  | 'overwrite'
  | 'expired'
  | 'evicted'
  | 'expired-overwrite';

/** Hears of every change. */
export type OnCookieChange = (cookie: StoredCookie, cause: CookieChangeCause, removed: boolean) => void;

/** As many as browsers keep for a domain, before those that were stored first go. */
const MAX_PER_DOMAIN = 180;

/** Cookies by domain, then by path and name. */
export class CookieStore {
  readonly #domains = new Map<string, Map<string, StoredCookie>>();
  readonly #onChange: OnCookieChange;
  #rank = 0;

  constructor(onChange: OnCookieChange) {
    this.#onChange = onChange;
  }

  /** Takes a cookie; one of the same name, domain and path gives way. One that has expired only removes. */
  put(cookie: Omit<StoredCookie, 'rank'>): void {
    const { domain, expires, value } = cookie;
    const present = this.#liveOf(domain).get(keyOf(cookie));
    if (isExpired(expires)) {
      if (present !== undefined) this.#remove(present, 'expired-overwrite');
      return;
    }
    if (present !== undefined) this.#remove(present, 'overwrite');
    const stored = { ...cookie, rank: present?.rank ?? ++this.#rank };
    const cookies = this.#domains.get(domain) ?? new Map<string, StoredCookie>();
    this.#domains.set(domain, cookies);
    cookies.set(keyOf(cookie), stored);
    const isSame = present !== undefined && present.value === value;
    this.#onChange(stored, isSame ? 'inserted-no-value-change-overwrite' : 'inserted', false);
    if (cookies.size > MAX_PER_DOMAIN) this.#remove(cookies.values().next().value as StoredCookie, 'evicted');
  }

  /** Takes what was kept from the time before, without telling of it. */
  restore(cookies: Iterable<Omit<StoredCookie, 'rank'>>): void {
    for (const cookie of cookies) {
      const present = this.#domains.get(cookie.domain) ?? new Map<string, StoredCookie>();
      this.#domains.set(cookie.domain, present);
      present.set(keyOf(cookie), { ...cookie, rank: ++this.#rank });
    }
  }

  /** Takes a cookie out. */
  delete(cookie: StoredCookie): void {
    this.#remove(cookie, 'explicit');
  }

  /** Cookies for a URL, in the order in which they are sent (RFC 6265 section 5.4). */
  forUrl({ hostname, pathname, protocol }: URL): StoredCookie[] {
    if (this.#domains.size === 0) return [];
    const host = plain(hostname);
    const isTrusted = protocol === 'https:' || protocol === 'wss:' || isLoopback(host);
    const found: StoredCookie[] = [];
    for (const domain of domainsOf(host)) {
      for (const cookie of this.#liveOf(domain).values()) {
        if (cookie.hostOnly && domain !== host) continue;
        if (cookie.secure && !isTrusted) continue;
        if (pathMatches(cookie.path, pathname)) found.push(cookie);
      }
    }
    return found.sort((a, b) => b.path.length - a.path.length || a.rank - b.rank);
  }

  /** All cookies, in the order in which they were stored first. */
  all(): StoredCookie[] {
    const all = [...this.#domains.keys()].flatMap((domain) => [...this.#liveOf(domain).values()]);
    return all.sort((a, b) => a.rank - b.rank);
  }

  /** The cookies of a domain, after those that have expired have gone. */
  #liveOf(domain: string): ReadonlyMap<string, StoredCookie> {
    for (const cookie of [...(this.#domains.get(domain)?.values() ?? [])]) {
      if (isExpired(cookie.expires)) this.#remove(cookie, 'expired');
    }
    return this.#domains.get(domain) ?? EMPTY;
  }

  #remove(cookie: StoredCookie, cause: CookieChangeCause): void {
    const cookies = this.#domains.get(cookie.domain);
    if (!cookies?.delete(keyOf(cookie))) return;
    if (cookies.size === 0) this.#domains.delete(cookie.domain);
    this.#onChange(cookie, cause, true);
  }
}

const EMPTY: ReadonlyMap<string, StoredCookie> = new Map();

/** A host without brackets and without the dot at its end. */
export function plain(hostname: string): string {
  return hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
}

/** Whether a host is the machine itself, to which plain http is as good as https. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/** Whether a host is an address, which has no domains above it. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
}

function isExpired(expires: number | undefined): boolean {
  return expires !== undefined && expires * 1000 <= Date.now();
}

function keyOf({ path, name, hostOnly }: Omit<StoredCookie, 'rank'>): string {
  return `${hostOnly ? '' : '.'}${path};${name}`;
}

/** A host and the domains above it. */
function domainsOf(host: string): string[] {
  if (isAddress(host)) return [host];
  const labels = host.split('.');
  return labels.map((_, i) => labels.slice(i).join('.'));
}

/** RFC 6265 section 5.1.4. */
function pathMatches(path: string, requested: string): boolean {
  if (!requested.startsWith(path)) return false;
  return requested.length === path.length || path.endsWith('/') || requested[path.length] === '/';
}
