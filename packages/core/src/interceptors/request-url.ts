import { stringify } from 'node:querystring';
import { type AnyOptions, URL_FRAGMENT, URL_IDENTITY } from './internal.js';

/** The URL of a request, with the user info and the fragment that it was made with. */
export function urlOf(options: AnyOptions): URL {
  const url = new URL(addressOf(options) + (options[URL_FRAGMENT] ?? ''));
  const identity = options[URL_IDENTITY];
  if (identity !== undefined) {
    url.username = identity.username;
    url.password = identity.password;
  }
  return url;
}

/** The URL of a request as text, without user info and fragment. The path is never resolved: `//x` is a path. */
export function addressOf({ origin, path, query }: AnyOptions): string {
  const start = typeof origin === 'string' ? withoutSlash(origin) : (origin?.origin ?? '');
  const search = query === undefined || query === null ? '' : stringify(query);
  return search === '' ? start + path : `${start}${path}?${search}`;
}

/** `http://host/` has one slash too many where a path follows, `file://` has not. */
function withoutSlash(origin: string): string {
  return origin.endsWith('/') && !origin.endsWith('//') ? origin.slice(0, -1) : origin;
}
