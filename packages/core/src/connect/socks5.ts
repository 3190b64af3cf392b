import { isIP, isIPv4, type Socket } from 'node:net';
import type { Opening } from './opening.js';
import { SocketReader } from './socket-reader.js';
import { AddressRefused, type SocksOptions } from './socks.js';

const NO_SIGN_IN = 0;
const PASSWORD = 2;

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1, 'general failure of the proxy'],
  [2, "not allowed by the proxy's rules"],
  [3, 'network unreachable'],
  [4, 'host unreachable'],
  [5, 'connection refused'],
  [6, 'time to live expired'],
  [7, 'the proxy does not know the command CONNECT'],
  [8, 'the proxy does not know this type of address'],
]);

/** Codes that say something about the address, not about the client. */
const UNREACHED: ReadonlySet<number> = new Set([1, 3, 4, 5, 6, 8]);

/**
 * Asks a SOCKS5 server on a socket to connect to the destination (RFC 1928), with user name and password if the proxy's
 * URL has them (RFC 1929).
 *
 * @throws NetError `ERR_SOCKS_CONNECTION_FAILED` when the proxy refuses, `ERR_ADDRESS_UNREACHABLE` when it cannot reach
 * the host.
 */
export async function connectSocks5(opening: Opening, socket: Socket, options: SocksOptions): Promise<void> {
  const address = addressField(opening, options.host);
  const reader = new SocketReader(socket);
  await signIn(opening, socket, reader, options);

  const port = Buffer.alloc(2);
  port.writeUInt16BE(options.port);
  socket.write(Buffer.concat([Buffer.of(5, 1, 0), address, port]));
  const [version, code = 0, , type = 0] = await reader.exactly(4);
  if (version !== 5) throw failed(opening, 'the answer is not SOCKS5');
  if (code !== 0) {
    const reason = REFUSALS.get(code) ?? `the proxy answered with code ${code}`;
    const cause = UNREACHED.has(code) ? new AddressRefused(reason) : undefined;
    throw opening.error(code === 4 ? 'ERR_ADDRESS_UNREACHABLE' : 'ERR_SOCKS_CONNECTION_FAILED', reason, cause);
  }
  await skipAddress(opening, reader, type);
  reader.detach();
}

async function signIn(
  opening: Opening,
  socket: Socket,
  reader: SocketReader,
  { proxy: { credentials } }: SocksOptions,
): Promise<void> {
  const offered = credentials === undefined ? [NO_SIGN_IN] : [NO_SIGN_IN, PASSWORD];
  socket.write(Buffer.of(5, offered.length, ...offered));
  const [version, method = 0xff] = await reader.exactly(2);
  if (version !== 5) throw failed(opening, 'the answer is not SOCKS5');
  if (!offered.includes(method)) {
    throw failed(
      opening,
      credentials === undefined && (method === PASSWORD || method === 0xff)
        ? 'the proxy wants a user name and password, and its URL has none'
        : 'the proxy accepts none of the ways to sign in',
    );
  }
  if (method !== PASSWORD || credentials === undefined) return;
  const username = lengthPrefixed(opening, 'user name', credentials.username);
  const password = lengthPrefixed(opening, 'password', credentials.password);
  socket.write(Buffer.concat([Buffer.of(1), username, password]));
  const [, status] = await reader.exactly(2);
  if (status !== 0) throw failed(opening, 'the proxy refused the user name and password');
}

/** ATYP and address of RFC 1928 section 5. */
function addressField(opening: Opening, host: string): Buffer {
  if (isIP(host) === 0) return Buffer.concat([Buffer.of(3), lengthPrefixed(opening, 'host name', host)]);
  return isIPv4(host) ? Buffer.of(1, ...host.split('.').map(Number)) : Buffer.concat([Buffer.of(4), ipv6Bytes(host)]);
}

/** The 16 bytes of an IPv6 address in any of its spellings; a zone is left out. */
export function ipv6Bytes(address: string): Buffer {
  const bare = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = bare.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** BND.ADDR and BND.PORT, which nobody needs. */
async function skipAddress(opening: Opening, reader: SocketReader, type: number): Promise<void> {
  if (type === 3) {
    const [length = 0] = await reader.exactly(1);
    await reader.exactly(length + 2);
  } else if (type === 1) await reader.exactly(4 + 2);
  else if (type === 4) await reader.exactly(16 + 2);
  else throw failed(opening, `the proxy answered with an unknown type of address (${type})`);
}

function lengthPrefixed(opening: Opening, what: string, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw failed(opening, `the ${what} is longer than the 255 bytes that SOCKS5 can carry`);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function failed(opening: Opening, detail: string) {
  return opening.error('ERR_SOCKS_CONNECTION_FAILED', detail);
}
