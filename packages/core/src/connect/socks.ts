import type { HostAddress, HostResolver, ProxyServer } from '@netloom/contracts';
import type { Opening } from './opening.js';
import type { Destination } from './types.js';

/** How a SOCKS server is asked to connect. */
export interface SocksOptions {
  readonly proxy: ProxyServer;
  readonly destination: Destination;
  /** Looks the destination up where the client has to. */
  readonly hostResolver: HostResolver;
}

/**
 * The first address of the destination, looked up by the client; undefined where it has none.
 *
 * @param family - only addresses of this family
 * @throws NetError `ERR_NAME_NOT_RESOLVED` when the look-up fails.
 */
export async function lookUpDestination(
  opening: Opening,
  { destination: { host }, hostResolver }: SocksOptions,
  family?: HostAddress['family'],
): Promise<string | undefined> {
  try {
    const addresses = await hostResolver.lookup(host, { family, signal: opening.signal });
    return addresses.find((address) => family === undefined || address.family === family)?.address;
  } catch (error) {
    throw opening.signal.aborted ? error : opening.error('ERR_NAME_NOT_RESOLVED', host, error);
  }
}
