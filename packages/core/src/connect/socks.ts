import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { HostAddress, HostResolver, ProxyServer } from '@netloom/contracts';
import type { Opening } from './opening.js';
import type { Destination } from './types.js';

/** What a SOCKS server is asked to connect to. */
export interface SocksOptions {
  readonly proxy: ProxyServer;
  /** Name or address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The cause of the error where the proxy could not reach the address that it was asked for: another may do. */
export class AddressRefused extends Error {}

/**
 * What a SOCKS server may be asked for in place of the destination's host, one after the other: its addresses where the
 * client has to look it up, otherwise itself.
 *
 * @throws NetError `ERR_NAME_NOT_RESOLVED` when there is no address that can be used.
 */
export async function socksHosts(
  opening: Opening,
  proxy: ProxyServer,
  { host }: Destination,
  hostResolver: HostResolver,
): Promise<string[]> {
  if (proxy.scheme === 'socks5') {
    if (isIP(host) !== 0 || proxy.resolveAt !== 'client') return [host];
    const addresses = await lookUp(opening, host, hostResolver);
    if (addresses.length > 0) return addresses;
    throw opening.error('ERR_NAME_NOT_RESOLVED', host);
  }
  if (isIPv4(host) || (proxy.scheme === 'socks4a' && !isIPv6(host))) return [host];
  const addresses = isIPv6(host) ? [] : await lookUp(opening, host, hostResolver, 4);
  if (addresses.length > 0) return addresses;
  throw opening.error('ERR_NAME_NOT_RESOLVED', `SOCKS4 needs an IPv4 address, and ${host} has none`);
}

async function lookUp(
  opening: Opening,
  host: string,
  hostResolver: HostResolver,
  family?: HostAddress['family'],
): Promise<string[]> {
  try {
    const addresses = await hostResolver.lookup(host, { family, signal: opening.signal });
    return addresses.filter((one) => family === undefined || one.family === family).map(({ address }) => address);
  } catch (error) {
    throw opening.signal.aborted ? error : opening.error('ERR_NAME_NOT_RESOLVED', host, error);
  }
}
