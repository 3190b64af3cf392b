import { HostRules, NO_PROXY_RULES, type ProxyRoute, parseProxyUri } from '@netloom/contracts';
import { type ProxySettings, pacSettings, settings } from '../settings.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SOURCE = 'environment variables';

/**
 * What the environment says in Chromium's reading: `auto_proxy`, else `all_proxy`, else `http_proxy`, `https_proxy`,
 * `ftp_proxy`, else `SOCKS_SERVER`; with `no_proxy`. Names count as written here, and with swapped case. Schemes in the
 * values are dropped, except that SOCKS4 and SOCKS5 are told apart, and so are credentials. Undefined where it says
 * nothing.
 */
export function parseEnvironment(env: Environment): ProxySettings | undefined {
  const autoProxy = variable(env, 'auto_proxy');
  if (autoProxy === '') return settings(SOURCE, { autoDetect: true });
  if (autoProxy !== undefined) return pacSettings(SOURCE, autoProxy);

  const notes: string[] = [];
  const rules = readRules(env, notes);
  const noProxy = variable(env, 'no_proxy') ?? '';
  if (rules.type === 'empty') return noProxy === '' ? undefined : settings(SOURCE, { notes });
  return settings(SOURCE, { rules, bypass: HostRules.parse(noProxy, { suffixes: true }), notes });
}

function readRules(env: Environment, notes: string[]) {
  const all = proxyOf(env, 'all_proxy', 'http', notes);
  if (all !== undefined) return { ...NO_PROXY_RULES, type: 'list', single: [all] } as const;

  const [http, https, ftp] = (['http_proxy', 'https_proxy', 'ftp_proxy'] as const).map((name) => {
    const route = proxyOf(env, name, 'http', notes);
    return route === undefined ? [] : [route];
  }) as [ProxyRoute[], ProxyRoute[], ProxyRoute[]];
  if (http.length + https.length + ftp.length > 0) {
    return { ...NO_PROXY_RULES, type: 'per-scheme', http, https, ftp } as const;
  }

  const version = variable(env, 'SOCKS_VERSION') === '4' ? 'socks4' : 'socks5';
  const socks = proxyOf(env, 'SOCKS_SERVER', version, notes);
  return socks === undefined ? NO_PROXY_RULES : ({ ...NO_PROXY_RULES, type: 'list', single: [socks] } as const);
}

function proxyOf(env: Environment, name: string, scheme: DesktopProxyScheme, notes: string[]): ProxyRoute | undefined {
  const value = variable(env, name);
  if (!value) return undefined;
  const route = parseDesktopProxy(value, scheme);
  if (route === undefined) notes.push(`${name} names no proxy`);
  if (value.includes('@')) notes.push(`the credentials in ${name} are not used`);
  return route;
}

/** The kinds of proxies that desktops and environment variables name. */
export type DesktopProxyScheme = 'http' | 'socks4' | 'socks5';

/**
 * Reads a proxy as desktops and environment variables write it: a scheme before it is dropped, except that it tells
 * SOCKS4 from SOCKS5; so are credentials and a slash at the end.
 */
export function parseDesktopProxy(value: string, scheme: DesktopProxyScheme): ProxyRoute | undefined {
  const written = /^(socks[45]):\/\//i.exec(value)?.[1]?.toLowerCase() as 'socks4' | 'socks5' | undefined;
  const actual = scheme === 'http' ? scheme : (written ?? scheme);
  const schemeEnd = value.indexOf('://');
  const rest = schemeEnd < 0 ? value : value.slice(schemeEnd + 3);
  const host = rest.slice(rest.indexOf('@') + 1).replace(/\/$/, '');
  return parseProxyUri(actual === 'http' ? host : `${actual}://${host}`);
}

/** A variable under its name as given, or with swapped case. */
export function variable(env: Environment, name: string): string | undefined {
  const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
  return env[name] ?? env[swapped];
}
