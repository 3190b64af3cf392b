import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionText } from '../option-text.js';

const LEASES = '/run/systemd/netif/leases';

/** What systemd-networkd learned from DHCP. */
export async function readNetworkd(folder = LEASES): Promise<string | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    const lease = await readFile(join(folder, name), 'utf8').catch(() => '');
    const url = parseNetworkdLease(lease);
    if (url !== undefined) return url;
  }
  return undefined;
}

/** Finds option 252, which a lease of systemd-networkd holds in hexadecimal: `OPTION_252=687474…`. */
export function parseNetworkdLease(lease: string): string | undefined {
  const hex = /^OPTION_252=((?:[0-9a-f]{2})+)\s*$/im.exec(lease)?.[1];
  return hex === undefined ? undefined : optionText(Buffer.from(hex, 'hex'));
}
