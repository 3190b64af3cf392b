import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionText } from '../option-text.js';

const FOLDERS = ['/var/lib/dhcp', '/var/lib/dhclient', '/var/lib/NetworkManager'];

/** What dhclient learned from DHCP. */
export async function readDhclient(now: number, folders: readonly string[] = FOLDERS): Promise<string | undefined> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/\.leases?$/.test(name)) continue;
      const url = parseDhclientLeases(await readFile(join(folder, name), 'utf8').catch(() => ''), now);
      if (url !== undefined) return url;
    }
  }
  return undefined;
}

/**
 * Finds option 252 in the leases that dhclient keeps, under the name `wpad` (which its configuration has to give it) or
 * `unknown-252`. The last lease that has not expired counts.
 *
 * @param now - ms since 1970.
 */
export function parseDhclientLeases(text: string, now: number): string | undefined {
  let found: string | undefined;
  for (const lease of text.split(/^lease\s*\{/m).slice(1)) {
    if (expiry(lease) <= now) continue;
    const value = /^\s*option (?:wpad|wpad-url|unknown-252)\s+(.+?);\s*$/m.exec(lease)?.[1];
    if (value !== undefined) found = decode(value);
  }
  return found;
}

/** `expire 6 2025/11/22 10:00:00;` in universal time, or `expire never;`, or none for BOOTP. */
function expiry(lease: string): number {
  const match = /^\s*expire \d (\d+)\/(\d+)\/(\d+) (\d+):(\d+):(\d+);/m.exec(lease);
  if (match === null) return Number.POSITIVE_INFINITY;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** A text in quotes with octal escapes, or bytes in hexadecimal with colons between them. */
function decode(value: string): string | undefined {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  if (quoted === undefined) return optionText(Buffer.from(value.split(':').map((byte) => Number.parseInt(byte, 16))));
  const text = quoted.replace(/\\([0-7]{3}|.)/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : escaped,
  );
  return optionText(Buffer.from(text, 'latin1'));
}
