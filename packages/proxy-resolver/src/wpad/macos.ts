import { runCommand } from '../os/run-command.js';

/** What macOS learned from DHCP, on the network service that it uses. */
export async function readMacosDhcp(): Promise<string | undefined> {
  const output = await runCommand('/usr/sbin/ipconfig', ['getoption', '', '252']);
  return output?.trim() || undefined;
}
