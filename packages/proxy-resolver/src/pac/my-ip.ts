import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import { type HostResolver, isLinkLocalIp, isLoopbackIp, parseIp } from '@netloom/contracts';

/**
 * The machine's addresses as PAC scripts want them: those that the system would use towards the internet, else those
 * of its own name, else those towards private networks. Link-local ones only where there is nothing else, loopback
 * never. Nothing is sent.
 */
export async function findMyAddresses(resolver: HostResolver): Promise<readonly string[]> {
  for (const source of [
    () => routedAddresses(INTERNET),
    () => ownNameAddresses(resolver),
    () => routedAddresses(PRIVATE),
  ]) {
    const addresses = usable(await source());
    if (addresses.length > 0) return addresses;
  }
  return [];
}

/** What `myIpAddress()` returns: the first IPv4 address, else the first of all, else 127.0.0.1. */
export function myIpAddress(addresses: readonly string[]): string {
  return addresses.find((address) => !address.includes(':')) ?? addresses[0] ?? '127.0.0.1';
}

/** What `myIpAddressEx()` returns: all addresses, joined by semicolons. */
export function myIpAddressEx(addresses: readonly string[]): string {
  return addresses.join(';');
}

/** Destinations whose route tells the address that the machine uses towards them. */
const INTERNET = ['8.8.8.8', '2001:4860:4860::8888'];
const PRIVATE = ['10.0.0.0', '172.16.0.0', '192.168.0.0', 'fc00::'];

function usable(addresses: readonly string[]): readonly string[] {
  const wide: string[] = [];
  const linkLocal: string[] = [];
  for (const text of new Set(addresses)) {
    const ip = parseIp(text.replace(/%.*$/, ''));
    if (ip === undefined || isLoopbackIp(ip) || ip.bytes.every((byte) => byte === 0)) continue;
    (isLinkLocalIp(ip) ? linkLocal : wide).push(text);
  }
  return wide.length > 0 ? wide : linkLocal;
}

async function routedAddresses(destinations: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(destinations.map(addressTowards))).filter((address) => address !== undefined);
}

/** The local address that the system chooses for a destination; undefined where it has no route to it. */
function addressTowards(destination: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(destination.includes(':') ? 'udp6' : 'udp4');
    const finish = (address: string | undefined) => {
      socket.removeAllListeners();
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(undefined));
    socket.connect(53, destination, () => finish(socket.address().address));
  });
}

async function ownNameAddresses(resolver: HostResolver): Promise<readonly string[]> {
  try {
    return (await resolver.lookup(hostname())).map(({ address }) => address);
  } catch {
    return []; // A machine whose own name is unknown has other ways to its addresses.
  }
}
