import { bracketed, parseHostPort } from './host-port.js';
import { DIRECT, type ProxyRoute, type ProxyScheme, type ProxyServer } from './proxy.js';

/** How proxy texts of Chromium's grammar are read. */
export interface ProxyUriOptions {
  /** The scheme of a URI that names none. Default `http`. */
  readonly defaultScheme?: ProxyScheme | undefined;
  /** Whether `quic` proxies are known. Default false: such an entry is invalid. */
  readonly quic?: boolean | undefined;
}

/** The port of a proxy whose text names none: http 80, https and quic 443, SOCKS 1080. */
export const DEFAULT_PROXY_PORTS: Readonly<Record<ProxyScheme, number>> = {
  http: 80,
  https: 443,
  quic: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
};

/**
 * Reads a proxy URI of Chromium's grammar, `[scheme://]host[:port]` or `direct://`. `socks://` means SOCKS5. User info
 * makes it invalid: credentials belong to {@link parseProxyUrl}. Undefined when it is no such URI.
 *
 * @example
 * ```ts
 * import { parseProxyUri } from '@netloom/contracts';
 *
 * parseProxyUri('socks5://proxy.test'); // { proxy: { scheme: 'socks5', host: 'proxy.test', port: 1080 } }
 * ```
 */
export function parseProxyUri(uri: string, options: ProxyUriOptions = {}): ProxyRoute | undefined {
  const text = trimLws(uri);
  const colon = text.indexOf(':');
  if (colon < 0 || !text.startsWith('://', colon)) return parseServer(options.defaultScheme ?? 'http', text);
  const authority = text.slice(colon + 3);
  const name = lowerKeyword(text.slice(0, colon));
  if (name === 'direct') return authority === '' ? DIRECT : undefined;
  return parseServer(knownScheme(URI_SCHEMES, name, options), authority);
}

/**
 * Reads one element of a PAC result, such as `PROXY host:8080` or `DIRECT`. `SOCKS` means SOCKS4. Undefined when it is
 * none.
 */
export function parsePacElement(element: string, options: ProxyUriOptions = {}): ProxyRoute | undefined {
  const text = trimLws(element);
  const end = text.search(/[ \t]/);
  const name = lowerKeyword(end < 0 ? text : text.slice(0, end));
  if (name === 'direct') return end < 0 ? DIRECT : undefined;
  return end < 0 ? undefined : parseServer(knownScheme(PAC_SCHEMES, name, options), text.slice(end));
}

/**
 * Reads what a PAC script returned: elements separated by semicolons, in order. Elements that are not understood are
 * left out; when nothing is left the result is direct.
 *
 * @example
 * ```ts
 * import { parsePacResult } from '@netloom/contracts';
 *
 * const routes = parsePacResult('PROXY proxy.test:8080; DIRECT');
 * ```
 */
export function parsePacResult(result: string, options: ProxyUriOptions = {}): readonly ProxyRoute[] {
  const routes: ProxyRoute[] = [];
  for (const element of result.split(';')) {
    const route = parsePacElement(element, options);
    if (route !== undefined) routes.push(route);
  }
  return routes.length > 0 ? routes : [DIRECT];
}

/** A route as a proxy URI; `http://` is left out, as Chromium writes it. Never holds credentials. */
export function formatProxyUri({ proxy }: ProxyRoute): string {
  if (proxy === undefined) return 'direct://';
  return proxy.scheme === 'http' ? hostPort(proxy) : `${proxy.scheme}://${hostPort(proxy)}`;
}

/**
 * A route in PAC spelling, such as `PROXY host:80`. SOCKS4a, which PAC has no word for, is written `SOCKS4A`. Never
 * holds credentials.
 */
export function formatPacElement({ proxy }: ProxyRoute): string {
  return proxy === undefined ? 'DIRECT' : `${PAC_NAMES[proxy.scheme]} ${hostPort(proxy)}`;
}

/** Routes as a PAC script would return them, joined by semicolons. */
export function formatPacResult(routes: readonly ProxyRoute[]): string {
  return routes.map(formatPacElement).join(';');
}

/** The proxy of `host[:port]`, as both grammars spell it. */
function parseServer(scheme: ProxyScheme | undefined, text: string): ProxyRoute | undefined {
  if (scheme === undefined) return undefined;
  const server = parseHostPort(trimLws(text));
  return server && { proxy: { scheme, host: server.host, port: server.port ?? DEFAULT_PROXY_PORTS[scheme] } };
}

type SchemeNames = Readonly<Record<string, ProxyScheme>>;

const URI_SCHEMES: SchemeNames = {
  http: 'http',
  https: 'https',
  socks4: 'socks4',
  socks: 'socks5',
  socks5: 'socks5',
  quic: 'quic',
};

const PAC_SCHEMES: SchemeNames = {
  proxy: 'http',
  https: 'https',
  socks: 'socks4',
  socks4: 'socks4',
  socks5: 'socks5',
  quic: 'quic',
};

const PAC_NAMES: Readonly<Record<ProxyScheme, string>> = {
  http: 'PROXY',
  https: 'HTTPS',
  socks4: 'SOCKS',
  socks4a: 'SOCKS4A',
  socks5: 'SOCKS5',
  quic: 'QUIC',
};

function knownScheme(names: SchemeNames, name: string, { quic = false }: ProxyUriOptions): ProxyScheme | undefined {
  const scheme = Object.hasOwn(names, name) ? names[name] : undefined;
  return scheme === 'quic' && !quic ? undefined : scheme;
}

const hostPort = ({ host, port }: ProxyServer) => `${bracketed(host)}:${port}`;

/** Lower case, but only of what can be a keyword: a whole megabyte is not copied. */
const lowerKeyword = (text: string) => (text.length <= 10 ? text.toLowerCase() : text);

/** Without spaces and tabs at both ends (the LWS of HTTP), in linear time. */
function trimLws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isLws(text.charCodeAt(start))) start++;
  while (end > start && isLws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isLws = (code: number) => code === 0x20 || code === 0x09;
