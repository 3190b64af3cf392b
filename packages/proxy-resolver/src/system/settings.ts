import { HostRules, NO_PROXY_RULES, type ProxyRules, parseUrl } from '@netloom/contracts';

/** What one source of settings asks for, whatever it is. */
export interface ProxySettings {
  /** Where the settings come from, for people: `GNOME settings`, for example. */
  readonly source: string;
  /** Whether to look for a PAC script by WPAD. */
  readonly autoDetect: boolean;
  /** URL of a PAC script. It comes after auto-detection and before the rules. */
  readonly pacUrl: string | undefined;
  readonly rules: ProxyRules;
  readonly bypass: HostRules;
  /** Anything worth knowing, such as an invalid value that was passed over. */
  readonly notes: readonly string[];
}

/** Settings that go direct, with what is different. */
export function settings(source: string, values: Partial<ProxySettings> = {}): ProxySettings {
  return {
    source,
    autoDetect: false,
    pacUrl: undefined,
    rules: NO_PROXY_RULES,
    bypass: HostRules.parse(''),
    notes: [],
    ...values,
  };
}

/** Settings that ask for a script at a URL; direct, with a note, where it is no URL. */
export function pacSettings(source: string, pacUrl: string): ProxySettings {
  if (parseUrl(pacUrl) !== undefined) return settings(source, { pacUrl });
  // What is no URL may still hold a password.
  const shown = pacUrl.replace(/\/\/.*@/s, '//').slice(0, 200);
  return settings(source, { notes: [`the URL of the PAC script is invalid: ${shown}`] });
}

/** Reads the settings of a system and notices when they change. */
export interface SettingsReader {
  /** The settings now; undefined where this source has none. */
  read(): Promise<ProxySettings | undefined>;
  /** Files and folders that change when the settings do. */
  readonly watched: readonly string[];
  /** Where nothing can be watched: the least time between two looks, in ms. They happen with requests. */
  readonly pollInterval: number | undefined;
}

/** Whether two settings ask for the same, from the same source. */
export function sameSettings(a: ProxySettings, b: ProxySettings): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint({ source, autoDetect, pacUrl, rules, bypass }: ProxySettings): string {
  return JSON.stringify([source, autoDetect, pacUrl, rules, bypass.rules, bypass.reversed]);
}
