/**
 * The text of a URL that a PAC script gets to see: without user info and fragment, and for https and wss without path
 * and query, which are nobody's business but the origin's.
 */
export function pacUrl(url: URL): string {
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  if (secure) return `${url.protocol}//${url.host}/`;
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}

/** The host that a PAC script gets to see: IPv6 without brackets. */
export function pacHost(url: URL): string {
  const { hostname } = url;
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
