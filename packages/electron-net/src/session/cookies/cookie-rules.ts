import type { SameSite, StoredCookie } from './cookie.js';
import { isAddress, isLoopback, plain } from './cookie-store.js';

type Tough = typeof import('tough-cookie');

/** A cookie as somebody wants it to be stored, for the URL that it comes from. */
export interface WantedCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string | undefined;
  readonly path: string | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  /** Seconds since 1970. */
  readonly expires: number | undefined;
}

/** Name and value together (RFC 6265bis section 5.6). */
const MAX_BYTES = 4096;
/** RFC 6265bis section 5.5 caps the life of a cookie. */
const MAX_AGE_S = 400 * 24 * 3600;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export const INVALID_DOMAIN = 'The cookie was set with an invalid Domain attribute.';
export const CONTROL_CHARACTERS = 'The cookie contains ASCII control characters.';

/** Whether what a URL sets may be Secure: over https, and on the machine itself. */
export function isTrusted({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(plain(hostname));
}

/** Loads the list of public suffixes and the parser, when the first cookie comes. */
export function loadTough(): Promise<Tough> {
  return import('tough-cookie');
}

/**
 * The cookie that may be stored (RFC 6265bis section 5.7), or why none may.
 */
export function acceptedCookie(tough: Tough, wanted: WantedCookie, url: URL): Omit<StoredCookie, 'rank'> | string {
  const { name, value, secure, expires } = wanted;
  if (CONTROLS.test(name + value)) return CONTROL_CHARACTERS;
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > MAX_BYTES) return 'The cookie is too large.';
  const host = plain(url.hostname);
  const domain = domainFor(tough, wanted.domain, host);
  if (domain === undefined) return INVALID_DOMAIN;
  if (secure && !isTrusted(url)) return 'The cookie was set with a Secure attribute from a URL that is not secure.';
  const path = wanted.path?.startsWith('/') ? wanted.path : defaultPath(url.pathname);
  const prefix = /^__(secure|host)-/i.exec(name)?.[1]?.toLowerCase();
  const isBound = domain.hostOnly && path === '/';
  if (prefix !== undefined && (!secure || (prefix === 'host' && !isBound))) return 'The cookie violates prefix rules.';
  const last = Date.now() / 1000 + MAX_AGE_S;
  return { ...wanted, ...domain, path, expires: expires === undefined ? undefined : Math.min(expires, last) };
}

/** Reads a Set-Cookie field; undefined where it is none. */
export function parseSetCookie(tough: Tough, text: string): WantedCookie | undefined {
  const cookie = tough.Cookie.parse(text, { loose: true });
  if (cookie === undefined) return undefined;
  const { key, value, domain, path, secure, httpOnly, sameSite } = cookie;
  return {
    name: key,
    value,
    domain: domain ?? undefined,
    path: path ?? undefined,
    secure,
    httpOnly,
    sameSite: SAME_SITE[String(sameSite).toLowerCase()] ?? 'unspecified',
    expires: expiryOf(cookie.maxAge, cookie.expires),
  };
}

const SAME_SITE: Readonly<Record<string, SameSite>> = { none: 'no_restriction', lax: 'lax', strict: 'strict' };

function expiryOf(maxAge: unknown, expires: unknown): number | undefined {
  if (maxAge === '-Infinity') return 0;
  if (typeof maxAge === 'number') return maxAge <= 0 ? 0 : Date.now() / 1000 + maxAge;
  return expires instanceof Date ? expires.getTime() / 1000 : undefined;
}

function domainFor(
  { getPublicSuffix }: Tough,
  asked: string | undefined,
  host: string,
): { readonly domain: string; readonly hostOnly: boolean } | undefined {
  if (host === '') return undefined;
  const wanted = plain((asked ?? '').replace(/^\./, ''));
  if (wanted === '' || (wanted === host && isAddress(host))) return { domain: host, hostOnly: true };
  if (isAddress(host) || !(host === wanted || host.endsWith(`.${wanted}`))) return undefined;
  const isSuffix =
    (getPublicSuffix(wanted, { allowSpecialUseDomain: true, ignoreError: true }) ?? undefined) === undefined;
  if (isSuffix) return wanted === host ? { domain: host, hostOnly: true } : undefined;
  return { domain: wanted, hostOnly: false };
}

/** RFC 6265 section 5.1.4. */
function defaultPath(pathname: string): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}
