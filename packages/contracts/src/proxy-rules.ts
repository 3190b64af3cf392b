import type { HostRules } from './host-rules.js';
import { DIRECT, type ProxyRoute, type ProxyScheme } from './proxy.js';
import { parseProxyUri } from './proxy-uri.js';

/**
 * Fixed proxies in Chromium's sense: nothing, one list for all URLs, or a list for each of some URL schemes. Lists are
 * in order of preference.
 */
export interface ProxyRules {
  readonly type: 'empty' | 'list' | 'per-scheme';
  /** The list for all URLs (`list`). */
  readonly single: readonly ProxyRoute[];
  /** The list for http URLs (`per-scheme`). */
  readonly http: readonly ProxyRoute[];
  /** The list for https URLs (`per-scheme`). */
  readonly https: readonly ProxyRoute[];
  /** The list for ftp URLs (`per-scheme`). */
  readonly ftp: readonly ProxyRoute[];
  /** The list for URLs of schemes that have none, written `socks=` (`per-scheme`). */
  readonly fallback: readonly ProxyRoute[];
}

/** What {@link applyProxyRules} found. */
export interface AppliedRules {
  /** In order of preference. Empty when the rules name no usable proxy and do not allow going direct. */
  readonly routes: readonly ProxyRoute[];
  /** Whether the bypass rules made it direct. */
  readonly bypassed: boolean;
  /** The bypass rule that decided, or the part of the rules that the routes come from, such as `https`. */
  readonly rule: string | undefined;
}

/** Rules that name no proxy: everything goes direct. */
export const NO_PROXY_RULES: ProxyRules = Object.freeze({
  type: 'empty',
  single: [],
  http: [],
  https: [],
  ftp: [],
  fallback: [],
});

/**
 * Reads proxy rules in Chromium's grammar (`--proxy-server`, Electron's `proxyRules`): `[scheme=]proxy[,proxy…]`
 * separated by semicolons. The first part without a scheme makes one list for all URLs and ends the rules, unless a
 * part with a scheme came before: then it is ignored. `socks=` is the list for all other schemes and means SOCKS4 where
 * no scheme is written. Proxies that are not understood are left out.
 *
 * @throws TypeError when `text` is no string.
 * @example
 * ```ts
 * import { applyProxyRules, HostRules, parseProxyRules } from '@netloom/contracts';
 *
 * const rules = parseProxyRules('http=proxy.test:8080;https=https://secure.test,direct://');
 * const { routes } = applyProxyRules(rules, new URL('https://example.com/'), HostRules.parse('<local>'));
 * ```
 */
export function parseProxyRules(text: string): ProxyRules {
  if (typeof text !== 'string') {
    throw new TypeError('Proxy rules must be a string, such as "http=proxy:8080;https=proxy:8443" or "proxy:8080"');
  }
  const lists: Record<UrlSchemeKey, ProxyRoute[]> = { http: [], https: [], ftp: [], fallback: [] };
  let perScheme = false;
  for (const part of text.split(';')) {
    const tokens = part.split('=').filter((token) => token !== '');
    for (let i = 0; i < tokens.length; i += 2) {
      const list = tokens[i + 1];
      if (list === undefined) {
        if (perScheme) continue;
        return { ...NO_PROXY_RULES, type: 'list', single: parseList(tokens[i]!, 'http') };
      }
      perScheme = true;
      const name = tokens[i]!.trim();
      if (name === 'socks') lists.fallback.push(...parseList(list, 'socks4'));
      else if (name === 'http' || name === 'https' || name === 'ftp') lists[name].push(...parseList(list, 'http'));
    }
  }
  return perScheme ? { type: 'per-scheme', single: [], ...lists } : NO_PROXY_RULES;
}

/**
 * The routes for a URL. Web sockets take the list for other schemes, else that of https, else that of http, as Chromium
 * does; a scheme without a list goes direct.
 */
export function applyProxyRules(rules: ProxyRules, url: URL, bypass?: HostRules): AppliedRules {
  if (rules.type === 'empty') return { routes: DIRECT_ONLY, bypassed: false, rule: undefined };
  const match = bypass?.match(url);
  if (match?.matched) return { routes: DIRECT_ONLY, bypassed: true, rule: match.rule ?? 'reversed rules' };
  if (rules.type === 'list') return { routes: rules.single, bypassed: false, rule: undefined };
  const key = listKeys(url.protocol).find((name) => rules[name].length > 0);
  if (key === undefined) return { routes: DIRECT_ONLY, bypassed: false, rule: undefined };
  return { routes: rules[key], bypassed: false, rule: key };
}

type UrlSchemeKey = 'http' | 'https' | 'ftp' | 'fallback';

const DIRECT_ONLY: readonly ProxyRoute[] = Object.freeze([DIRECT]);

function listKeys(protocol: string): readonly UrlSchemeKey[] {
  switch (protocol) {
    case 'http:':
      return ['http', 'fallback'];
    case 'https:':
      return ['https', 'fallback'];
    case 'ftp:':
      return ['ftp', 'fallback'];
    case 'ws:':
    case 'wss:':
      return ['fallback', 'https', 'http'];
    default:
      return ['fallback'];
  }
}

function parseList(text: string, defaultScheme: ProxyScheme): ProxyRoute[] {
  const routes: ProxyRoute[] = [];
  for (const uri of text.split(',')) {
    const route = parseProxyUri(uri, { defaultScheme });
    if (route !== undefined) routes.push(route);
  }
  return routes;
}
