import { parseUrl } from '@netloom/contracts';

/** A URL, not to be changed, and the parts of it that every request needs. */
export interface ParsedUrl {
  readonly url: Readonly<URL>;
  /** `scheme://user:password@host:port`, as far as there is one; `scheme:` where the path follows at once. */
  readonly address: string;
  /** Path with query. */
  readonly target: string;
}

/** URLs that were asked for lately are not parsed again; at most this many are remembered. */
const MAX_KNOWN = 256;
const known = new Map<string, ParsedUrl>();

/** The URL that a text is; undefined where it is none. */
export function urlOf(text: string): Readonly<URL> | undefined {
  const present = known.get(text);
  if (present !== undefined) return present.url;
  const url = parseUrl(text);
  return url && remembered(text, url).url;
}

/** The URL that a text is. @throws TypeError `Invalid URL`. */
export function parsedUrl(text: string): ParsedUrl {
  return known.get(text) ?? remembered(text, new URL(text));
}

function remembered(text: string, url: URL): ParsedUrl {
  const hasUser = url.username !== '' || url.password !== '';
  const user = hasUser ? `${url.username}:${url.password}@` : '';
  const hasAuthority = url.href.startsWith('//', url.protocol.length);
  const address = hasAuthority ? `${url.protocol}//${user}${url.host}` : url.protocol;
  const parsed = { url, address, target: url.pathname + url.search };
  // Texts with credentials are not kept.
  if (hasUser) return parsed;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, parsed);
  return parsed;
}
