import { isIPv4, isIPv6, type Socket } from 'node:net';
import type { Opening } from './opening.js';
import { SocketReader } from './socket-reader.js';
import { lookUpDestination, type SocksOptions } from './socks.js';

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [91, 'request rejected or failed'],
  [92, 'the proxy cannot reach identd on the client'],
  [93, 'identd on the client names another user'],
]);

/**
 * Asks a SOCKS4 or SOCKS4a server on a socket to connect to the destination. SOCKS4 carries IPv4 addresses, so the
 * client looks names up; SOCKS4a lets the proxy do it. The user name of the proxy's URL is sent as the user id.
 *
 * @throws NetError `ERR_SOCKS_CONNECTION_FAILED` when the proxy refuses, `ERR_NAME_NOT_RESOLVED` when the destination has
 * no IPv4 address.
 */
export async function connectSocks4(opening: Opening, socket: Socket, options: SocksOptions): Promise<void> {
  const { proxy, destination } = options;
  const named = proxy.scheme === 'socks4a' && !isIPv4(destination.host) && !isIPv6(destination.host);
  const address = named ? '0.0.0.1' : await addressOf(opening, options);
  const user = proxy.credentials?.username ?? '';
  if (user.includes('\0')) throw opening.error('ERR_SOCKS_CONNECTION_FAILED', 'a user id cannot hold a zero byte');
  const port = Buffer.alloc(2);
  port.writeUInt16BE(destination.port);
  const request = [Buffer.of(4, 1), port, Buffer.from(address.split('.').map(Number)), Buffer.from(`${user}\0`)];
  if (named) request.push(Buffer.from(`${destination.host}\0`));

  const reader = new SocketReader(socket);
  socket.write(Buffer.concat(request));
  const [version, code = 0] = await reader.exactly(8);
  reader.detach();
  if (version !== 0) throw opening.error('ERR_SOCKS_CONNECTION_FAILED', 'the answer is not SOCKS4');
  if (code !== 90) {
    throw opening.error('ERR_SOCKS_CONNECTION_FAILED', REFUSALS.get(code) ?? `the proxy answered with code ${code}`);
  }
}

async function addressOf(opening: Opening, options: SocksOptions): Promise<string> {
  const { host } = options.destination;
  if (isIPv4(host)) return host;
  const address = isIPv6(host) ? undefined : await lookUpDestination(opening, options, 4);
  if (address !== undefined) return address;
  throw opening.error('ERR_NAME_NOT_RESOLVED', `SOCKS4 needs an IPv4 address, and ${host} has none`);
}
