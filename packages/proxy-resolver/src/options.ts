import type { Clock, HostResolver, PacEngine, PacLimits } from '@netloom/contracts';
import type { SettingsReader } from './system/settings.js';

/** How PAC scripts are fetched and run. */
export interface PacOptions {
  /** Runs the scripts. Default: {@link quickJsEngine}, loaded with the first script. */
  readonly engine?: PacEngine | undefined;
  readonly limits?: PacLimits | undefined;
  /** Whether `FindProxyForURLEx` is called where a script has one. Default false, as in Chromium. */
  readonly preferEx?: boolean | undefined;
  /** Whether scripts may come from `file:` URLs. Default false, as in Chromium. */
  readonly allowFile?: boolean | undefined;
  /** Certification authorities for scripts from https URLs, in PEM. Default: Node's own. */
  readonly ca?: string | readonly string[] | undefined;
}

/** What a resolver uses of the world around it. Tests hand in worlds of their own. */
export interface ProxyResolverOptions {
  /** Looks names up, for PAC scripts and for fetching them. Default: {@link nodeHostResolver}. */
  readonly hostResolver?: HostResolver | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Environment variables. Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The operating system whose settings are read. Default: that of the process. */
  readonly platform?: NodeJS.Platform | undefined;
  readonly pac?: PacOptions | undefined;
  /** Reads the settings for mode `system`. Default: those of the operating system. */
  readonly settingsReader?: SettingsReader | undefined;
  /** Gives the PAC URL that DHCP gave, for WPAD. Default: what the system's DHCP client learned. */
  readonly dhcpUrl?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /**
   * A text that changes when the machine's addresses do; looked at with requests, every five seconds at most. Default:
   * its addresses.
   */
  readonly networkSignature?: (() => string) | undefined;
}
