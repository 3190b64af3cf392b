import { parseUrl } from '@netloom/contracts';
/** What {@link Session.setProxy} takes. */
export interface ProxyConfig {
  /**
   * Where proxies come from. Default: `pac_script` where `pacScript` is set, else `fixed_servers`.
   *
   * - `direct`: no proxy, whatever the other fields say
   * - `auto_detect`: a PAC script that the network announces (WPAD)
   * - `pac_script`: the PAC script at `pacScript`
   * - `fixed_servers`: `proxyRules` and `proxyBypassRules`
   * - `system`: the settings of the operating system
   */
  mode?: 'direct' | 'auto_detect' | 'pac_script' | 'fixed_servers' | 'system';
  /** URL of the PAC script: `http:`, `https:` or `data:`. */
  pacScript?: string;
  /** `[scheme=]proxy[,proxy…]` separated by semicolons, such as `http=proxy:80;https=proxy:8080,direct://`. */
  proxyRules?: string;
  /** Hosts that are reached directly, such as `*.corp.test, <local>`. Loopback hosts always are, unless `<-loopback>`. */
  proxyBypassRules?: string;
}

const MODES: readonly unknown[] = ['direct', 'auto_detect', 'pac_script', 'fixed_servers', 'system'];
const TEXTS = ['pacScript', 'proxyRules', 'proxyBypassRules'] as const;

/**
 * Checks what a program hands in, and says the mode that it leaves out. As in Electron, null counts as left out.
 *
 * @throws Error `Invalid mode`; TypeError for fields that are no texts and for a `pacScript` that is no URL.
 */
export function checkProxyConfig(config: ProxyConfig): ProxyConfig {
  if (typeof config !== 'object' || config === null) throw new TypeError('setProxy needs an object');
  for (const name of TEXTS) {
    if (config[name] !== undefined && config[name] !== null && typeof config[name] !== 'string') {
      throw new TypeError(`\`${name}\` should be a string`);
    }
  }
  const [pacScript, proxyRules, proxyBypassRules] = TEXTS.map((name) => config[name] ?? '') as [string, string, string];
  const mode = config.mode ?? (pacScript !== '' ? 'pac_script' : 'fixed_servers');
  if (!MODES.includes(mode)) throw new Error('Invalid mode');
  if (mode !== 'pac_script') return { mode, proxyRules, proxyBypassRules };
  if (pacScript === '') return { mode: 'direct' };
  if (parseUrl(pacScript) === undefined) throw new TypeError('`pacScript` should be a URL');
  return { mode, pacScript };
}

/** Values of `--proxy-pac-url` that were told of. */
const refused = new Set<string>();

/** What the switches of the process say; without them, the operating system decides. */
export function configOfSwitches(line: {
  hasSwitch(name: string): boolean;
  getSwitchValue(name: string): string;
}): ProxyConfig {
  const value = (name: string) => line.getSwitchValue(name);
  if (line.hasSwitch('no-proxy-server')) return { mode: 'direct' };
  if (line.hasSwitch('proxy-pac-url')) return configOfPacSwitch(value('proxy-pac-url'));
  if (line.hasSwitch('proxy-auto-detect')) return { mode: 'auto_detect' };
  if (!line.hasSwitch('proxy-server')) return { mode: 'system' };
  return { mode: 'fixed_servers', proxyRules: value('proxy-server'), proxyBypassRules: value('proxy-bypass-list') };
}

/** What is no URL is told of, once, and leads to no proxy, as in Chromium. */
function configOfPacSwitch(pacScript: string): ProxyConfig {
  if (pacScript === '' || parseUrl(pacScript) !== undefined) return checkProxyConfig({ mode: 'pac_script', pacScript });
  if (!refused.has(pacScript)) {
    refused.add(pacScript);
    const shown = pacScript.replace(/^.*@/s, '…@').replace(/\?.*$/s, '?…');
    process.emitWarning(
      `--proxy-pac-url=${shown} has to be a URL such as http://host/proxy.pac; connections are made directly`,
    );
  }
  return { mode: 'direct' };
}
