import { HostRules, parseProxyRules, parseUrl } from '@netloom/contracts';
import { type ProxySettings, settings } from './system/settings.js';

/** How proxies are found. The words are those of Electron's `session.setProxy`, and `env`. */
export interface ProxyConfig {
  /**
   * - `direct`: no proxy;
   * - `auto_detect`: a PAC script that WPAD finds, by DHCP or DNS;
   * - `pac_script`: the PAC script at `pacScript`;
   * - `fixed_servers`: the proxies of `proxyRules`;
   * - `system`: what the settings of the operating system say;
   * - `env`: what the environment variables `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, read as command
   *   line tools read them, with credentials.
   *
   * Default: `pac_script` where `pacScript` is given, else `fixed_servers`.
   */
  readonly mode?: 'direct' | 'auto_detect' | 'pac_script' | 'fixed_servers' | 'system' | 'env' | undefined;
  /** URL of a PAC script: http, https or data. */
  readonly pacScript?: string | undefined;
  /** Rules in Chromium's grammar, such as `http=proxy:8080;https=https://secure:443,direct://`. */
  readonly proxyRules?: string | undefined;
  /** Hosts to reach without a proxy (`fixed_servers` only), such as `*.corp.test, 10.0.0.0/8, <local>`. */
  readonly proxyBypassRules?: string | undefined;
  /** Whether requests fail when the PAC script is not available or fails, instead of going direct. Default false. */
  readonly pacMandatory?: boolean | undefined;
}

/** A configuration that was checked: its own settings, or the word for where they are. */
export type CheckedConfig = ProxySettings | 'system' | 'env';

const MODES = ['direct', 'auto_detect', 'pac_script', 'fixed_servers', 'system', 'env'] as const;
const SOURCE = 'configuration';

/**
 * Checks a configuration.
 *
 * @throws TypeError that says which value is wrong.
 */
export function checkConfig(config: ProxyConfig, platform: NodeJS.Platform): CheckedConfig {
  if (config === null || typeof config !== 'object') {
    throw new TypeError("The proxy configuration must be an object such as { mode: 'system' }");
  }
  for (const name of ['pacScript', 'proxyRules', 'proxyBypassRules'] as const) checkType(config, name, 'string');
  checkType(config, 'pacMandatory', 'boolean');
  const { pacScript = '', proxyRules = '', proxyBypassRules = '' } = config;
  const mode = config.mode ?? (pacScript !== '' ? 'pac_script' : 'fixed_servers');
  switch (mode) {
    case 'direct':
      return settings(SOURCE);
    case 'auto_detect':
      return settings(SOURCE, { autoDetect: true });
    case 'pac_script':
      if (pacScript === '') throw new TypeError("Mode 'pac_script' needs pacScript, the URL of a PAC script");
      if (parseUrl(pacScript) === undefined)
        throw new TypeError('pacScript must be a URL, such as http://pac.example/proxy.pac');
      return settings(SOURCE, { pacUrl: pacScript });
    case 'fixed_servers':
      return settings(SOURCE, {
        rules: parseProxyRules(proxyRules),
        bypass: HostRules.parse(proxyBypassRules, { loopbackName: platform === 'win32' }),
      });
    case 'system':
    case 'env':
      return mode;
    default:
      throw new TypeError(`Unknown proxy mode ${JSON.stringify(mode)}; expected one of ${MODES.join(', ')}`);
  }
}

function checkType(config: ProxyConfig, name: keyof ProxyConfig, type: 'string' | 'boolean'): void {
  const value = config[name];
  if (value !== undefined && typeof value !== type)
    throw new TypeError(`${name} must be a ${type}, not ${typeof value}`);
}
