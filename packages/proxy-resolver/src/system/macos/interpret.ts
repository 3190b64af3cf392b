import { bracketed, HostRules, type ProxyRoute, type ProxyScheme, parseProxyUri } from '@netloom/contracts';
import { type ProxySettings, pacSettings, settings } from '../settings.js';
import { parseScutil, type ScutilValue } from './scutil.js';

const SOURCE = 'macOS settings';

/** What `scutil --proxy` says about the network service in use. Undefined where it says nothing. */
export function interpretMacos(output: string): ProxySettings | undefined {
  const values = parseScutil(output);
  if (values === undefined) return undefined;
  const text = (key: string) => (typeof values[key] === 'string' ? values[key] : undefined);
  const enabled = (key: string) => text(key) === '1';
  const pacUrl = enabled('ProxyAutoConfigEnable') ? text('ProxyAutoConfigURLString') : undefined;

  const proxy = (name: string, scheme: ProxyScheme): ProxyRoute[] => {
    const host = enabled(`${name}Enable`) ? text(`${name}Proxy`) : undefined;
    if (!host) return [];
    const port = text(`${name}Port`);
    const route = parseProxyUri(port ? `${bracketed(host)}:${port}` : bracketed(host), { defaultScheme: scheme });
    return route === undefined ? [] : [route];
  };
  const http = proxy('HTTP', 'http');
  const https = proxy('HTTPS', 'http');
  const ftp = proxy('FTP', 'http');
  const fallback = proxy('SOCKS', 'socks5');
  const any = http.length + https.length + ftp.length + fallback.length > 0;

  const exceptions = strings(values.ExceptionsList);
  const rules = enabled('ExcludeSimpleHostnames') ? ['<local>', ...exceptions] : exceptions;
  return {
    ...(pacUrl ? pacSettings(SOURCE, pacUrl) : settings(SOURCE)),
    autoDetect: enabled('ProxyAutoDiscoveryEnable'),
    rules: { type: any ? 'per-scheme' : 'empty', single: [], http, https, ftp, fallback },
    bypass: HostRules.parse(rules),
  };
}

function strings(value: ScutilValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
