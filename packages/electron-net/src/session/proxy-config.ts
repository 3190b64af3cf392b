import {
  applyProxyRules,
  DIRECT,
  HostRules,
  NetError,
  type ProxyResolver,
  type ProxyRoute,
  parseProxyRules,
} from '@netloom/contracts';

/** What {@link Session.setProxy} takes. */
export interface ProxyConfig {
  /**
   * Where proxies come from. Default: `pac_script` where `pacScript` is set, else `fixed_servers`.
   *
   * - `direct`: no proxy, whatever the other fields say
   * - `fixed_servers`: `proxyRules` and `proxyBypassRules`
   */
  mode?: 'direct' | 'auto_detect' | 'pac_script' | 'fixed_servers' | 'system';
  /** URL of the PAC script. */
  pacScript?: string;
  /** `[scheme=]proxy[,proxy…]` separated by semicolons, such as `http=proxy:80;https=proxy:8080,direct://`. */
  proxyRules?: string;
  /** Hosts that are reached directly, such as `*.corp.test, <local>`. Loopback hosts always are, unless `<-loopback>`. */
  proxyBypassRules?: string;
}

const MODES: readonly unknown[] = ['direct', 'auto_detect', 'pac_script', 'fixed_servers', 'system'];

/**
 * The resolver that a configuration describes.
 *
 * @throws Error `Invalid mode`; TypeError for rules that are no texts; NetError `ERR_NOT_IMPLEMENTED` for modes that need
 * a PAC script or the system's settings.
 */
export function resolverOf(config: ProxyConfig): ProxyResolver {
  if (typeof config !== 'object' || config === null) throw new TypeError('setProxy needs an object');
  const { pacScript, proxyRules = '', proxyBypassRules = '' } = config;
  const mode = config.mode ?? (pacScript ? 'pac_script' : 'fixed_servers');
  if (!MODES.includes(mode)) throw new Error('Invalid mode');
  if (mode === 'direct' || (mode === 'pac_script' && !pacScript)) return fixed(() => [DIRECT], mode);
  if (mode !== 'fixed_servers') throw new NetError('ERR_NOT_IMPLEMENTED', { detail: `proxy mode ${mode}` });
  const rules = parseProxyRules(proxyRules);
  const bypass = HostRules.parse(proxyBypassRules);
  return fixed((url) => applyProxyRules(rules, url, bypass).routes, mode);
}

function fixed(routesOf: (url: URL) => readonly ProxyRoute[], source: string): ProxyResolver {
  return {
    async resolve(url) {
      const routes = routesOf(url);
      if (routes.length === 0) throw new NetError('ERR_NO_SUPPORTED_PROXIES', { url });
      return { routes, why: { source }, settle: () => undefined };
    },
  };
}
