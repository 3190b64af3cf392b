import { HostRules, NO_PROXY_RULES, type ProxyRoute, type ProxyRules, parseUrl } from '@netloom/contracts';
import { type ProxySettings, pacSettings, settings } from '../settings.js';
import { type DesktopProxyScheme, parseDesktopProxy } from './environment.js';

/** The settings that desktops have in common; what is absent is not set. */
export interface DesktopSettings {
  /** `none`, `manual` or `auto`. */
  readonly mode?: string | undefined;
  readonly autoconfigUrl?: string | undefined;
  readonly httpHost?: string | undefined;
  readonly httpPort?: number | undefined;
  readonly httpsHost?: string | undefined;
  readonly httpsPort?: number | undefined;
  readonly ftpHost?: string | undefined;
  readonly ftpPort?: number | undefined;
  readonly socksHost?: string | undefined;
  readonly socksPort?: number | undefined;
  /** False turns manual proxies off. Old desktops only. */
  readonly useHttpProxy?: boolean | undefined;
  /** Whether the HTTP proxy serves for everything. Old desktops only. */
  readonly useSameProxy?: boolean | undefined;
  readonly ignoreHosts?: readonly string[] | undefined;
}

/** What is special to one desktop. */
export interface DesktopTraits {
  readonly source: string;
  /** Whether hosts to ignore match by their ends. */
  readonly suffixes?: boolean | undefined;
  /** Whether the hosts to ignore are the only ones to use a proxy for. */
  readonly reverse?: boolean | undefined;
}

/** What a desktop's settings ask for, as Chromium understands them. Undefined where they ask for nothing. */
export function interpretDesktop(desktop: DesktopSettings, traits: DesktopTraits): ProxySettings | undefined {
  const { source } = traits;
  switch (desktop.mode) {
    case 'none':
      return settings(source);
    case 'auto':
      return automatic(desktop.autoconfigUrl ?? '', source);
    case 'manual':
      return manual(desktop, traits);
    default:
      return undefined;
  }
}

function automatic(url: string, source: string): ProxySettings | undefined {
  if (url === '') return settings(source, { autoDetect: true });
  const pacUrl = url.startsWith('/') ? `file://${url}` : url;
  return parseUrl(pacUrl) === undefined ? undefined : pacSettings(source, pacUrl);
}

function manual(desktop: DesktopSettings, { source, suffixes, reverse }: DesktopTraits): ProxySettings | undefined {
  if (desktop.useHttpProxy === false) return settings(source);
  const rules = manualRules(desktop);
  if (rules.type === 'empty') return undefined;
  return settings(source, { rules, bypass: HostRules.parse(desktop.ignoreHosts ?? [], { suffixes, reverse }) });
}

function manualRules(desktop: DesktopSettings): ProxyRules {
  const http = proxyOf(desktop.httpHost, desktop.httpPort, 'http');
  if (desktop.useSameProxy) return http.length > 0 ? { ...NO_PROXY_RULES, type: 'list', single: http } : NO_PROXY_RULES;

  const https = proxyOf(desktop.httpsHost, desktop.httpsPort, 'http');
  const ftp = proxyOf(desktop.ftpHost, desktop.ftpPort, 'http');
  const socks = proxyOf(desktop.socksHost, desktop.socksPort, 'socks5');
  const count = http.length + https.length + ftp.length;
  if (count > 0) return { type: 'per-scheme', single: [], http, https, ftp, fallback: socks };
  return socks.length > 0 ? { ...NO_PROXY_RULES, type: 'list', single: socks } : NO_PROXY_RULES;
}

function proxyOf(host: string | undefined, port: number | undefined, scheme: DesktopProxyScheme): ProxyRoute[] {
  if (!host) return [];
  const route = parseDesktopProxy(port ? `${host}:${port}` : host, scheme);
  return route === undefined ? [] : [route];
}
