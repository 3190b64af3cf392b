import { parseUrl } from '@netloom/contracts';

/** URLs that were asked for lately are not parsed again; at most this many are remembered. */
const MAX_KNOWN = 256;
const known = new Map<string, Readonly<URL>>();

/** The URL that a text is, not to be changed; undefined where it is none. */
export function urlOf(text: string): Readonly<URL> | undefined {
  const present = known.get(text);
  if (present !== undefined) return present;
  const url = parseUrl(text);
  // Texts with credentials are not kept.
  if (url?.username === '' && url.password === '') {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, url);
  }
  return url;
}

/** The URL that a text is, not to be changed. @throws TypeError `Invalid URL`. */
export function parsedUrl(text: string): Readonly<URL> {
  return urlOf(text) ?? new URL(text);
}
