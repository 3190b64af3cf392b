import { compileWildcards, parseUrl } from '@netloom/contracts';

/** The parts of a URL that a pattern looks at. */
export interface MatchedUrl {
  /** Without colon. */
  readonly scheme: string;
  /** Lower case, without brackets; empty where the URL has none. */
  readonly host: string;
  /** The port in use; empty where the scheme has none. */
  readonly port: string;
  /** Path with query. */
  readonly target: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', ws: '80', https: '443', wss: '443', ftp: '21' };

/** Takes a URL apart once, for all patterns. */
export function toMatchedUrl({ protocol, hostname, port, pathname, search }: URL): MatchedUrl {
  const scheme = protocol.slice(0, -1);
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return { scheme, host, port: port || (DEFAULT_PORTS[scheme] ?? ''), target: pathname + search };
}

/** Says whether a URL matches a pattern. */
export type UrlPattern = (url: MatchedUrl) => boolean;

const SCHEME = /^(?:\*|[a-z][a-z0-9+.-]*)$/;

/**
 * Reads a pattern as Chromium's extensions write it: `<all_urls>`, or `scheme://host:port/path`, where the scheme may be
 * `*`, the host `*` or `*.host`, the port `*`, and the path anything with `*` in it. `scheme:path` is for URLs that
 * have no host.
 *
 * @throws TypeError naming the pattern and what is wrong with it, in Chromium's words.
 */
export function parseUrlPattern(pattern: string): UrlPattern {
  if (pattern === '<all_urls>') return () => true;
  const refuse = (reason: string) => new TypeError(`Invalid url pattern ${pattern}: ${reason}.`);
  const colon = pattern.indexOf(':');
  if (colon === -1) throw refuse('Missing scheme separator');
  const scheme = pattern.slice(0, colon).toLowerCase();
  if (!SCHEME.test(scheme)) throw refuse('Invalid scheme');
  const isOfScheme = scheme === '*' ? () => true : (url: MatchedUrl) => url.scheme === scheme;
  if (!pattern.startsWith('//', colon + 1)) {
    const isOfPath = compileWildcards(pattern.slice(colon + 1));
    return (url) => isOfScheme(url) && isOfPath(url.target);
  }
  const rest = pattern.slice(colon + 3);
  const slash = rest.indexOf('/');
  if (scheme === 'file') {
    // The host of a file is nobody's business; who leaves its slash out means the path.
    const isOfPath = compileWildcards(slash === -1 ? `/${rest}` : rest.slice(slash));
    return (url) => isOfScheme(url) && isOfPath(url.target);
  }
  if (rest === '' || slash === 0) throw refuse('Host can not be empty');
  if (slash === -1) throw refuse('Empty path');
  const [isOfHost, isOfPort] = parseAuthority(rest.slice(0, slash), refuse);
  const isOfPath = compileWildcards(rest.slice(slash));
  return (url) => isOfScheme(url) && isOfHost(url.host) && isOfPort(url.port) && isOfPath(url.target);
}

type Test = (text: string) => boolean;

function parseAuthority(authority: string, refuse: (reason: string) => Error): [Test, Test] {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  if (port !== undefined && port !== '*' && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw refuse('Invalid port');
  }
  const isOfPort: Test = port === undefined || port === '*' ? () => true : (given) => given === String(Number(port));
  if (host === '*') return [() => true, isOfPort];
  const coversSubdomains = host.startsWith('*.');
  const given = coversSubdomains ? host.slice(2) : host;
  if (given.includes('*')) throw refuse('Invalid host wildcard');
  if (given === '') throw refuse('Host can not be empty');
  const url = parseUrl(`http://${given}/`);
  if (url === undefined) throw refuse('Invalid host');
  const name = url.hostname.replace(/\.$/, '');
  return [(text) => text === name || (coversSubdomains && text.endsWith(`.${name}`)), isOfPort];
}
