import { REPLY, type SocksDialect } from './version.js';

const GRANTED = 90;
const REJECTED = 91;

/**
 * SOCKS4, and with `names` SOCKS4a: an address 0.0.0.x says that the name follows the user id.
 *
 * @param replyVersion - first byte of replies; 0 is right.
 */
export function socks4(options: {
  readonly names: boolean;
  readonly user?: string;
  readonly replyVersion?: number;
}): SocksDialect {
  const reply = (code: number) => {
    // Codes of SOCKS4 (91 to 93) are sent as they are, those of SOCKS5 become "rejected or failed".
    const status = code === REPLY.granted ? GRANTED : Math.max(code, REJECTED);
    return Buffer.from([options.replyVersion ?? 0, status, 0, 0, 0, 0, 0, 0]);
  };
  return {
    reply,
    async negotiate(reader, write) {
      const head = await reader.read(7);
      const user = (await reader.readToZero()).toString('utf8');
      const [a, b, c, d] = head.subarray(3, 7);
      const named = a === 0 && b === 0 && c === 0 && d !== 0;
      const host = named && options.names ? (await reader.readToZero()).toString('utf8') : [a, b, c, d].join('.');
      if (options.user !== undefined && user !== options.user) {
        write(reply(93));
        return undefined;
      }
      return { command: head[0]!, host, port: head.readUInt16BE(1), user: user || undefined };
    },
  };
}
