import type { Clock } from '@netloom/contracts';

/**
 * The PAC URL that DHCP gave this machine (option 252): what the system's DHCP client learned, and on Linux, where that
 * did not ask for it, what the DHCP servers say when asked.
 */
export async function findDhcpUrl(
  platform: NodeJS.Platform,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  switch (platform) {
    case 'win32':
      return (await import('./windows.js')).readWindowsDhcp();
    case 'darwin':
      return (await import('./macos.js')).readMacosDhcp();
    case 'linux':
      return (
        (await (await import('./linux/network-manager.js')).readNetworkManager()) ??
        (await (await import('./linux/networkd.js')).readNetworkd()) ??
        (await (await import('./linux/dhclient.js')).readDhclient(clock.now())) ??
        (await (await import('./dhcp-inform.js')).askDhcp(clock, signal))
      );
    default:
      return undefined;
  }
}
