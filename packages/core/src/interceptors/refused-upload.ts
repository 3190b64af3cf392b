import type { IncomingHttpHeaders } from 'node:http';
import type { Engine } from '../engine/engine.js';

/** Bytes of a request that every peer is taken to read, whatever it answers. */
const READ_BY_ALL = 64 * 1024;
/** To send this many bytes to a peer that has refused them costs more than a new connection. */
const WORTH_A_CONNECTION = 1024 * 1024;
/** Servers by their `Server` field that stop reading a body that they refuse, and say keep-alive nevertheless. */
const STOPS_READING = /^squid\b/i;

/**
 * Whether a peer that refused a request may leave a part of the body unread, so that a further request on the connection
 * would wait for ever. RFC 9112 section 9.3 obliges it to read on or to close. Squid 5 does neither once 64 KiB have
 * come, and nothing on the client's side shows it: Squid empties its socket, and only never answers again.
 *
 * So no proxy is trusted when it asks for sign-in: a new connection to it costs little. A server may be at the end of a
 * tunnel; it is trusted unless it is known for this.
 *
 * @param status - 400 or above.
 */
export function mayStayUnread(
  status: number,
  { server }: IncomingHttpHeaders,
  engine: Pick<Engine, 'sentBytes' | 'unsentBytes'>,
): boolean {
  if (engine.unsentBytes > WORTH_A_CONNECTION) return true;
  return engine.sentBytes > READ_BY_ALL && (status === 407 || STOPS_READING.test(String(server)));
}
