import { canonicalHost, splitHostPort } from './host-port.js';
import { parseDecimal } from './ip.js';
import type { ProxyScheme, ProxyServer } from './proxy.js';
import { DEFAULT_PROXY_PORTS } from './proxy-uri.js';

/**
 * Reads the URL of a proxy as command line tools write it: `[scheme://][user[:password]@]host[:port][/]`. This is what
 * a `proxy` option and the variables `http_proxy` and `all_proxy` mean, and not Chromium's grammar
 * ({@link parseProxyUri}): user and password are taken and percent-decoded (RFC 3986 section 2.1, UTF-8).
 *
 * Schemes: `http` (also when none is written), `https`, `socks4` (the client looks names up), `socks4a` (the proxy
 * does), `socks5` (the client does), `socks5h` and `socks` (the proxy does). A port that is not written is 80 for http,
 * 443 for https and 1080 for SOCKS.
 *
 * @throws TypeError that says what is wrong. It never repeats the text, which may hold a password.
 * @example
 * ```ts
 * import { parseProxyUrl } from '@netloom/contracts';
 *
 * const proxy = parseProxyUrl('http://alice:s%40cret@proxy.test:3128');
 * // proxy.credentials: { username: 'alice', password: 's@cret' }
 * ```
 */
export function parseProxyUrl(value: string | URL): ProxyServer {
  if (typeof value !== 'string' && !(value instanceof URL)) throw invalid('it must be a string or a URL');
  const text = String(value).trim();
  if (text === '') throw invalid('it is empty');

  const schemeEnd = text.indexOf('://');
  const name = schemeEnd < 0 ? 'http' : text.slice(0, schemeEnd).toLowerCase();
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (scheme === undefined) throw invalid(`its scheme is none of ${Object.keys(SCHEMES).join(', ')}`);

  const rest = schemeEnd < 0 ? text : text.slice(schemeEnd + 3);
  const pathStart = rest.search(/[/\\?#]/);
  if (pathStart >= 0 && rest.slice(pathStart) !== '/') {
    throw invalid('something follows host and port; "/", "?", "#" and "\\" in a password must be percent-encoded');
  }
  const authority = pathStart < 0 ? rest : rest.slice(0, pathStart);
  const at = authority.lastIndexOf('@');
  const { host, port } = parseHostAndPort(authority.slice(at + 1));

  return {
    scheme: scheme.scheme,
    host,
    port: port ?? DEFAULT_PROXY_PORTS[scheme.scheme],
    ...(scheme.resolveAt && { resolveAt: scheme.resolveAt }),
    ...(at >= 0 && { credentials: parseUserInfo(authority.slice(0, at)) }),
  };
}

type Scheme = { readonly scheme: ProxyScheme; readonly resolveAt?: 'proxy' | 'client' };

const SCHEMES: Readonly<Record<string, Scheme>> = {
  http: { scheme: 'http' },
  https: { scheme: 'https' },
  socks4: { scheme: 'socks4' },
  socks4a: { scheme: 'socks4a' },
  socks5: { scheme: 'socks5', resolveAt: 'client' },
  socks5h: { scheme: 'socks5', resolveAt: 'proxy' },
  socks: { scheme: 'socks5', resolveAt: 'proxy' },
};

function parseHostAndPort(text: string): { host: string; port: number | undefined } {
  const parts = splitHostPort(text);
  if (parts.host === '') throw invalid('it has no host');
  const host = parts.host.includes(' ') ? undefined : canonicalHost(parts.host);
  if (host === undefined) throw invalid('its host is not valid; an IPv6 address needs brackets');
  if (parts.port === undefined) return { host, port: undefined };
  const port = parseDecimal(parts.port, 65535);
  if (!port) throw invalid('its port is not a number from 1 to 65535');
  return { host, port };
}

function parseUserInfo(text: string): { username: string; password: string } {
  const colon = text.indexOf(':');
  return {
    username: decode(colon < 0 ? text : text.slice(0, colon), 'user name'),
    password: colon < 0 ? '' : decode(text.slice(colon + 1), 'password'),
  };
}

/** A percent sign that starts no escape stands for itself, so that `100%` is a password. */
function decode(text: string, what: string): string {
  const escaped = text.replace(/%(?![0-9a-f]{2})/gi, '%25');
  let decoded: string;
  try {
    decoded = decodeURIComponent(escaped);
  } catch {
    throw invalid(`its ${what} is not UTF-8 after percent-decoding`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  if (/[\u0000-\u001f\u007f]/.test(decoded)) throw invalid(`its ${what} holds control characters`);
  return decoded;
}

const invalid = (reason: string) =>
  new TypeError(`Invalid proxy URL: ${reason}. Expected [scheme://][user[:password]@]host[:port]`);
