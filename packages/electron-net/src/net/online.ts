import { networkInterfaces } from 'node:os';

/** Whether the machine has an address that is not its own loopback's. True says little, false a lot. */
export function isOnline(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
