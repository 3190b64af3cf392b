import type { Duplex } from 'node:stream';
import type { Connection } from './connection.js';

/** Bytes that are no HTTP, no TLS and no SOCKS. */
export const GARBAGE = Buffer.from('\xff\x16garbage \xfe that is no protocol at all\r\n\r\n\x00\x01\x02', 'latin1');

/** Answers nothing until the client gives up; what it sends is read, so that its end is noticed. */
export function silence(socket: Duplex): void {
  socket.resume();
  socket.once('end', () => socket.destroy());
}

/** Sends bytes, then a FIN, and waits for nothing. */
export function writeAndClose(connection: Connection, bytes: string | Buffer): void {
  connection.stream.write(bytes);
  connection.close();
}
