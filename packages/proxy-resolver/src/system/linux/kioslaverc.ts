import type { ProxySettings } from '../settings.js';
import { type DesktopSettings, interpretDesktop } from './desktop-settings.js';
import { type Environment, variable } from './environment.js';

/** Lines with their line feed that are longer than this, in bytes, are passed over. */
const MAX_LINE = 511;

/** The entries of KDE's proxy section, by key. */
export type KioSettings = ReadonlyMap<string, string>;

/** Reads the section `[Proxy Settings]` of a `kioslaverc`. */
export function parseKioslaverc(text: string): KioSettings {
  const entries = new Map<string, string>();
  let inSection = false;
  for (const line of text.split('\n').slice(0, -1)) {
    if (Buffer.byteLength(line) + 1 > MAX_LINE) continue;
    if (line.startsWith('[')) {
      inSection = line.startsWith('[Proxy Settings]');
      continue;
    }
    const equals = line.indexOf('=');
    if (!inSection || equals < 0) continue;
    // A suffix in brackets is a language or a flag such as [$e].
    const key = line
      .slice(0, equals)
      .trim()
      .replace(/\s*\[[^[]*\]$/, '');
    if (key !== '' && !key.endsWith(']')) entries.set(key, line.slice(equals + 1).trim());
  }
  return entries;
}

/**
 * What KDE's settings ask for.
 *
 * @param files - the settings of each file, the most important first.
 * @param env - where `ProxyType=4` looks: the settings then name variables.
 */
export function interpretKde(files: readonly KioSettings[], env: Environment): ProxySettings | undefined {
  const entries = new Map(files.toReversed().flatMap((file) => [...file]));
  const type = Number.parseInt(entries.get('ProxyType') ?? '', 10);
  const indirect = type === 4;
  const text = (key: string) => {
    const value = entries.get(key);
    return indirect && value !== undefined ? variable(env, value) : value;
  };
  const desktop: DesktopSettings = {
    mode: entries.has('ProxyType') ? (MODES[type] ?? 'none') : undefined,
    autoconfigUrl: type === 3 ? undefined : entries.get('Proxy Config Script'),
    httpHost: proxyOf(text('httpProxy')),
    httpsHost: proxyOf(text('httpsProxy')),
    ftpHost: proxyOf(text('ftpProxy')),
    socksHost: proxyOf(text('socksProxy')),
    ignoreHosts: text('NoProxyFor')?.split(/[, ]+/),
  };
  const reversed = entries.get('ReversedException') ?? '';
  return interpretDesktop(desktop, {
    source: 'KDE settings',
    suffixes: true,
    reverse: reversed === 'true' || (Number.parseInt(reversed, 10) || 0) !== 0,
  });
}

const MODES: Readonly<Record<number, string>> = { 1: 'manual', 2: 'auto', 3: 'auto', 4: 'manual' };

/** KDE writes a space between host and port, and `//:` for an empty field. */
function proxyOf(value: string | undefined): string | undefined {
  return value === undefined || value.startsWith('//:') ? undefined : value.replace(' ', ':');
}
