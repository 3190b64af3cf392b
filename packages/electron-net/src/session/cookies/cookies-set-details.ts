import { SAME_SITE, type SameSite } from './cookie.js';
import { isTrusted, type WantedCookie } from './cookie-rules.js';

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
  /** Default false; with `sameSite: 'no_restriction'`, whether the URL is one of https or of the machine itself. */
  secure?: boolean;
  /** Default false. */
  httpOnly?: boolean;
  /** Seconds since 1 January 1970 UTC. Default: until the session ends. */
  expirationDate?: number;
  /** Default `lax`; of cookies that servers set without the attribute `unspecified`. */
  sameSite?: SameSite;
}

const TEXTS = ['name', 'value', 'domain', 'path'] as const;

/**
 * Reads what a program hands in. As in Electron, null counts as left out, and so do flags that are no booleans and a date
 * that is no number.
 *
 * @param url - of the details; undefined where it is none.
 * @throws TypeError naming the detail that is no text; Error for an unknown `sameSite`.
 */
export function wantedCookie(details: CookiesSetDetails, url: URL | undefined): WantedCookie {
  if (typeof details !== 'object' || details === null) throw new TypeError('cookies.set needs an object with details');
  for (const name of TEXTS) {
    if (details[name] !== undefined && details[name] !== null && typeof details[name] !== 'string') {
      throw new TypeError(`\`${name}\` should be a string`);
    }
  }
  const { name, value, domain, path, secure, httpOnly, expirationDate } = details;
  const sameSite = details.sameSite ?? 'lax';
  if (!SAME_SITE.includes(sameSite)) {
    throw new Error(`Failed to convert '${sameSite}' to an appropriate cookie same site value`);
  }
  return {
    name: name ?? '',
    value: value ?? '',
    domain: domain ?? undefined,
    path: path ?? undefined,
    secure: typeof secure === 'boolean' ? secure : sameSite === 'no_restriction' && url !== undefined && isTrusted(url),
    httpOnly: httpOnly === true,
    sameSite,
    expires: Number.isFinite(expirationDate) ? expirationDate : undefined,
  };
}
