/** How a cookie relates to requests of other sites. `unspecified`: it does not say. */
export type SameSite = 'unspecified' | 'no_restriction' | 'lax' | 'strict';

/** A cookie as Electron shows it. */
export interface Cookie {
  name: string;
  value: string;
  /** Host, or with a leading dot a domain and all below it. */
  domain?: string;
  /** Whether the cookie is for that host alone. */
  hostOnly?: boolean;
  path?: string;
  secure?: boolean;
  httpOnly?: boolean;
  /** Whether the cookie ends with the session; then there is no `expirationDate`. */
  session?: boolean;
  /** Seconds since 1 January 1970 UTC. */
  expirationDate?: number;
  sameSite: SameSite;
}

/** A cookie as it is kept. It is not changed, but replaced. */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  /** Without a leading dot. */
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  /** Seconds since 1 January 1970 UTC; undefined: until the session ends. */
  readonly expires: number | undefined;
  /** Rank among all cookies, by the time when the first one of this name, domain and path was stored. */
  readonly rank: number;
}

/** A cookie of the store as programs see it. */
export function toCookie({ domain, hostOnly, expires, rank: _, ...cookie }: StoredCookie): Cookie {
  return {
    ...cookie,
    domain: hostOnly ? domain : `.${domain}`,
    hostOnly,
    session: expires === undefined,
    ...(expires === undefined ? {} : { expirationDate: expires }),
  };
}

/** Values of `sameSite`. */
export const SAME_SITE: readonly unknown[] = ['unspecified', 'no_restriction', 'lax', 'strict'] satisfies SameSite[];

/** A cookie that was written to disk; undefined where a value is none. */
export function parseStoredCookie(value: unknown): Omit<StoredCookie, 'rank'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, value: text, domain, hostOnly, path, secure, httpOnly, sameSite, expires } = value as StoredCookie;
  if (![name, text, domain, path].every((part) => typeof part === 'string')) return undefined;
  if (![hostOnly, secure, httpOnly].every((part) => typeof part === 'boolean')) return undefined;
  if (!SAME_SITE.includes(sameSite) || typeof expires !== 'number' || !Number.isFinite(expires)) return undefined;
  return { name, value: text, domain, hostOnly, path, secure, httpOnly, sameSite, expires };
}
