import { parseUrl } from '@netloom/contracts';
/** What {@link App.configureHostResolver} takes. */
export interface ConfigureHostResolverOptions {
  /** Taken as in Electron; the system looks names up here. */
  enableBuiltInResolver?: boolean;
  /** Taken as in Electron; the addresses of a host are always tried beside each other. */
  enableHappyEyeballs?: boolean;
  /**
   * - `off`: names are looked up by the system
   * - `automatic`: by DNS over HTTPS where there are servers for it, else, and when those fail, by the system
   * - `secure`: by DNS over HTTPS only
   *
   * Default `automatic`.
   */
  secureDnsMode?: 'off' | 'automatic' | 'secure';
  /** Servers for DNS over HTTPS, as URI templates (RFC 8484 section 3), such as `https://dns.example/dns-query{?dns}`. */
  secureDnsServers?: string[];
  /** Taken as in Electron; only addresses are looked up. */
  enableAdditionalDnsQueryTypes?: boolean;
}

/** A server for DNS over HTTPS. */
export interface SecureDnsServer {
  readonly url: string;
  /** Whether the question goes into the URL, as the template's variable says. */
  readonly byGet: boolean;
}

/** How names are looked up in this process. */
export interface HostResolverConfig {
  readonly mode: 'off' | 'automatic' | 'secure';
  readonly servers: readonly SecureDnsServer[];
}

const MODES: readonly unknown[] = ['off', 'automatic', 'secure'];
const FLAGS = ['enableBuiltInResolver', 'enableHappyEyeballs', 'enableAdditionalDnsQueryTypes'] as const;

/** The configuration in effect, in all sessions. */
export const hostResolverConfig: { current: HostResolverConfig } = { current: { mode: 'automatic', servers: [] } };

/**
 * Checks what a program hands in.
 *
 * @throws TypeError naming the option that cannot be used, or the template.
 */
export function checkHostResolverOptions(options: ConfigureHostResolverOptions): HostResolverConfig {
  if (typeof options !== 'object' || options === null) throw new TypeError('configureHostResolver needs an object');
  const { secureDnsMode = 'automatic', secureDnsServers = [] } = options;
  for (const flag of FLAGS) {
    if (options[flag] !== undefined && typeof options[flag] !== 'boolean') {
      throw new TypeError(`${flag} must be a boolean`);
    }
  }
  if (!MODES.includes(secureDnsMode)) {
    throw new TypeError("secureDnsMode must be one of: 'off', 'automatic' or 'secure'");
  }
  if (!Array.isArray(secureDnsServers) || !secureDnsServers.every((server) => typeof server === 'string')) {
    throw new TypeError('secureDnsServers must be an array of strings');
  }
  return { mode: secureDnsMode, servers: secureDnsServers.map(parseTemplate) };
}

const VARIABLE = '{?dns}';

function parseTemplate(template: string): SecureDnsServer {
  const byGet = template.endsWith(VARIABLE);
  const url = byGet ? template.slice(0, -VARIABLE.length) : template;
  if (parseUrl(url)?.protocol !== 'https:' || /[{}]/.test(url)) {
    throw new TypeError(`not a valid DoH template: ${template}`);
  }
  return { url, byGet };
}
