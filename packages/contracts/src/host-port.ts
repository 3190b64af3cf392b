import { parseDecimal } from './ip.js';
import { parseUrl } from './parse-url.js';

/** A host and, where given, a port. */
export interface HostPort {
  /** Canonical host: lower case, Punycode, shortest IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port` as Chromium reads the server of a proxy. User info, a path, an
 * empty port and a host that no URL could have make it undefined.
 */
export function parseHostPort(text: string): HostPort | undefined {
  const parts = splitHostPort(text);
  const host = canonicalHost(parts.host);
  const port = parts.port === undefined ? undefined : parseDecimal(parts.port, 65535);
  if (host === undefined || (parts.port !== undefined && port === undefined)) return undefined;
  return { host, port };
}

/** Cuts a text at the colon before a port; colons within brackets belong to the host. Neither part is checked. */
export function splitHostPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const colon = text.lastIndexOf(':');
  const openBracket = text.startsWith('[') && !text.includes(']');
  if (openBracket || colon <= text.lastIndexOf(']')) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

/**
 * A host in the form that URLs have (WHATWG URL section 3.5), IPv6 without its brackets. Undefined when no URL could
 * have it. A space is escaped, as Chromium does, and not refused: such a host is simply never found.
 */
export function canonicalHost(text: string): string | undefined {
  if (text === '' || text.length > MAX_HOST || NOT_A_HOST.test(text)) return undefined;
  if (text.includes(' ')) return PRINTABLE_HOST.test(text) ? text.toLowerCase().replaceAll(' ', '%20') : undefined;
  if (text.includes(':') && !(text.startsWith('[') && text.endsWith(']'))) return undefined;
  const hostname = parseUrl(`http://${text}/`)?.hostname;
  if (hostname === undefined) return undefined;
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname || undefined;
}

/** A host as it stands in a URL or before a port: IPv6 in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Longer than any DNS name in Punycode, even with every character escaped. */
const MAX_HOST = 2048;
// The characters that end a URL's host, and those that URL parsers drop silently.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const NOT_A_HOST = /[\u0000-\u001f\u007f/\\?#@]/;
const PRINTABLE_HOST = /^[ !"$&'()*+,\-.0-9;=A-Z_`a-z{}~]+$/;
