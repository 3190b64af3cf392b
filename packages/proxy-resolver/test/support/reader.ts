import { HostRules, parseProxyRules } from '@netloom/contracts';
import type { ProxySettings, SettingsReader } from '../../src/system/settings.js';
import { settings } from '../../src/system/settings.js';

/** A system whose settings are these, auto-detection among them. */
export const manualReader = (rules: string): SettingsReader =>
  readerOf(() =>
    settings('test settings', { autoDetect: true, rules: parseProxyRules(rules), bypass: HostRules.parse('') }),
  );

/** A system whose settings a function gives. */
export function readerOf(read: () => ProxySettings | undefined, watched: readonly string[] = []): SettingsReader {
  return { read: async () => read(), watched, pollInterval: 10_000 };
}
