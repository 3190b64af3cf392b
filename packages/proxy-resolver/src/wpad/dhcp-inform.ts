import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Clock } from '@netloom/contracts';
import { decodeAck, encodeInform } from './dhcp-message.js';

/** How long an answer is waited for, in ms. */
const TIMEOUT = 2000;

/**
 * Asks the DHCP servers of all networks that the machine is on for the PAC URL. Needs the right to use port 68, which
 * on most systems only root has, and that no other client holds it on the same address; otherwise finds nothing.
 */
export async function askDhcp(clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  const own = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && address.family === 'IPv4' && !address.internal);
  const answers = own.map((address) => inform(address!, clock, signal));
  for (const answer of answers) {
    const url = await answer;
    if (url !== undefined) return url;
  }
  return undefined;
}

interface OwnAddress {
  readonly address: string;
  readonly netmask: string;
  readonly mac: string;
}

function inform({ address, netmask, mac }: OwnAddress, clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const transaction = randomInt(2 ** 32);
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const finish = (url?: string) => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      socket.close();
      resolve(url);
    };
    const onAbort = () => finish();
    const timer = clock.setTimeout(finish, TIMEOUT);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', () => finish());
    socket.on('message', (message) => {
      const url = decodeAck(message, transaction);
      if (url !== undefined) finish(url ?? undefined);
    });
    socket.bind(68, address, () => {
      socket.setBroadcast(true);
      // The network's own broadcast address, so that the message leaves by the interface of this address.
      socket.send(encodeInform(transaction, address, mac), 67, broadcastOf(address, netmask));
    });
  });
}

/** The broadcast address of a network. */
export function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  return address
    .split('.')
    .map((byte, i) => Number(byte) | (~(mask[i] ?? 255) & 255))
    .join('.');
}
