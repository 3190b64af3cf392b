import { isIPv4, type Socket } from 'node:net';
import type { Opening } from './opening.js';
import { SocketReader } from './socket-reader.js';
import { AddressRefused, type SocksOptions } from './socks.js';

/** Also what stands for all failures that are not the client's. */
const UNREACHED = 91;
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [91, 'request rejected or failed'],
  [92, 'the proxy cannot reach identd on the client'],
  [93, 'identd on the client names another user'],
]);

/**
 * Asks a SOCKS4 server on a socket to connect to an IPv4 address, or a SOCKS4a server to a name. The user name of the
 * proxy's URL is sent as the user id.
 *
 * @throws NetError `ERR_SOCKS_CONNECTION_FAILED` when the proxy refuses.
 */
export async function connectSocks4(opening: Opening, socket: Socket, options: SocksOptions): Promise<void> {
  const { proxy, host } = options;
  const named = !isIPv4(host);
  const address = named ? '0.0.0.1' : host;
  const user = proxy.credentials?.username ?? '';
  if (user.includes('\0')) throw opening.error('ERR_SOCKS_CONNECTION_FAILED', 'a user id cannot hold a zero byte');
  const port = Buffer.alloc(2);
  port.writeUInt16BE(options.port);
  const request = [Buffer.of(4, 1), port, Buffer.from(address.split('.').map(Number)), Buffer.from(`${user}\0`)];
  if (named) request.push(Buffer.from(`${host}\0`));

  const reader = new SocketReader(socket);
  socket.write(Buffer.concat(request));
  const [version, code = 0] = await reader.exactly(8);
  reader.detach();
  if (version !== 0) throw opening.error('ERR_SOCKS_CONNECTION_FAILED', 'the answer is not SOCKS4');
  if (code !== 90) {
    const reason = REFUSALS.get(code) ?? `the proxy answered with code ${code}`;
    const cause = code === UNREACHED ? new AddressRefused(reason) : undefined;
    throw opening.error('ERR_SOCKS_CONNECTION_FAILED', reason, cause);
  }
}
