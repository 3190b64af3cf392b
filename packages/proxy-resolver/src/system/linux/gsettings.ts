import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../os/run-command.js';
import type { ProxySettings, SettingsReader } from '../settings.js';
import { type DesktopSettings, interpretDesktop } from './desktop-settings.js';
import type { Environment } from './environment.js';

const SCHEMA = 'org.gnome.system.proxy';

/** The settings of GNOME and its relatives, read by `gsettings`. */
export function gsettingsReader(env: Environment): SettingsReader {
  const config = env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config');
  return {
    // The database of dconf, where the settings are kept.
    watched: [join(config, 'dconf')],
    pollInterval: undefined,
    async read() {
      const output = await runCommand('gsettings', ['list-recursively', SCHEMA], env);
      return output === undefined ? undefined : interpretGsettings(parseGsettings(output));
    },
  };
}

/** What the settings ask for. */
export function interpretGsettings(values: DesktopSettings): ProxySettings | undefined {
  return interpretDesktop(values, { source: 'GNOME settings' });
}

/**
 * Reads what `gsettings list-recursively org.gnome.system.proxy` prints: lines of schema, key and value, the value in
 * GVariant text form. The keys `use-same-proxy` and `enabled` are not read: the settings dialogs of GNOME do not keep
 * them, and Chromium does not read them either.
 */
export function parseGsettings(output: string): DesktopSettings {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [schema = '', key = '', ...value] = line.trim().split(' ');
    if (schema.startsWith(SCHEMA)) values.set(`${schema.slice(SCHEMA.length + 1)}/${key}`, value.join(' '));
  }
  const text = (path: string) => readString(values.get(path));
  const number = (path: string) => readNumber(values.get(path));
  return {
    mode: text('/mode'),
    autoconfigUrl: text('/autoconfig-url'),
    ignoreHosts: readStrings(values.get('/ignore-hosts')),
    httpHost: text('http/host'),
    httpPort: number('http/port'),
    httpsHost: text('https/host'),
    httpsPort: number('https/port'),
    ftpHost: text('ftp/host'),
    ftpPort: number('ftp/port'),
    socksHost: text('socks/host'),
    socksPort: number('socks/port'),
  };
}

/** A string in single or double quotes with backslash escapes. */
const STRING = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;

function readStrings(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return [...value.matchAll(STRING)].map(([, single, double]) => withoutEscapes(single ?? double ?? ''));
}

const readString = (value: string | undefined): string | undefined => readStrings(value)?.[0];

function readNumber(value: string | undefined): number | undefined {
  const digits = value === undefined ? null : /\d+$/.exec(value);
  return digits === null ? undefined : Number(digits[0]);
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (whole, escaped: string) => {
    if (escaped.length === 1) return escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped;
    const code = Number.parseInt(escaped.slice(1), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
