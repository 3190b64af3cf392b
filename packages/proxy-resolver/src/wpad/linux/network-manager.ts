import { runCommand } from '../../os/run-command.js';

/** What NetworkManager learned from DHCP. */
export async function readNetworkManager(): Promise<string | undefined> {
  const output = await runCommand('nmcli', ['-t', '-f', 'DHCP4', 'device', 'show']);
  return output === undefined ? undefined : parseNetworkManager(output);
}

/**
 * Finds option 252 in what `nmcli -t -f DHCP4 device show` prints: lines such as
 * `DHCP4.OPTION[12]:wpad = http\://wpad.corp.test/wpad.dat`.
 */
export function parseNetworkManager(output: string): string | undefined {
  for (const line of output.split('\n')) {
    const match = /^DHCP4\.OPTION\[\d+\]:\s*(?:wpad|private_252|unknown_252|252)\s*=\s*(.*)$/.exec(line);
    // In terse output, colons within values are escaped.
    const value = match?.[1]?.replace(/\\([\\:])/g, '$1').trim();
    if (value) return value;
  }
  return undefined;
}
