import { NetError, parseUrl } from '@netloom/contracts';
import type { HeaderFields } from '../http/headers.js';

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
/** Schemes that lead from the network into the machine or the program. */
const UNSAFE_SCHEMES = new Set(['file:', 'filesystem:', 'data:', 'about:', 'blob:', 'javascript:']);

/**
 * The Location of a redirect; undefined for an answer that is none: another status, or no Location that says anything.
 *
 * @throws NetError `ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION` for several different ones.
 */
export function locationOf(status: number, headers: HeaderFields, from: string): string | undefined {
  if (!REDIRECT_STATUSES.has(status)) return undefined;
  const { location } = headers;
  if (!Array.isArray(location)) return location === '' ? undefined : location;
  const [first, ...others] = location.filter((value) => value !== '');
  if (others.some((other) => other !== first)) {
    throw new NetError('ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION', { url: from });
  }
  return first;
}

/**
 * Where a Location leads to (RFC 9110 section 10.2.2): relative ones are resolved, bytes beyond ASCII are taken as UTF-8
 * or whatever they are and percent-encoded, and a target without a fragment inherits that of the request.
 *
 * @param accepts - whether requests to a scheme besides http and https can be made.
 * @throws NetError `ERR_INVALID_REDIRECT`, `ERR_UNSAFE_REDIRECT`, `ERR_UNKNOWN_URL_SCHEME`.
 */
export function redirectTarget(location: string, from: URL, accepts: (scheme: string) => boolean): URL {
  const ascii = location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const target = parseUrl(ascii, from);
  if (target === undefined) {
    throw new NetError('ERR_INVALID_REDIRECT', { url: from, detail: 'Location is not a URL' });
  }
  const { protocol } = target;
  if (protocol !== 'http:' && protocol !== 'https:' && !accepts(protocol.slice(0, -1))) {
    const code = UNSAFE_SCHEMES.has(protocol) ? 'ERR_UNSAFE_REDIRECT' : 'ERR_UNKNOWN_URL_SCHEME';
    throw new NetError(code, { url: from, detail: `redirect to ${protocol}` });
  }
  if (target.hash === '') target.hash = from.hash;
  return target;
}

/** `scheme://host[:port]`, and `scheme:` for a URL that has no authority: what the path is appended to. */
export function originOfUrl({ protocol, host, href }: URL): string {
  return href.startsWith('//', protocol.length) ? `${protocol}//${host}` : protocol;
}
