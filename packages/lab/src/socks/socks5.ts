import type { ByteReader } from './reader.js';
import { REPLY, type SocksDialect } from './version.js';

const NO_AUTHENTICATION = 0;
const PASSWORD = 2;
const NO_ACCEPTABLE_METHOD = 0xff;

/** Options of {@link socks5}. */
export interface Socks5Options {
  /** Asks for user and password (RFC 1929). */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** First byte of all answers; 5 is right. */
  readonly replyVersion?: number;
  /** Told how a sign-in went. */
  readonly signedIn?: (user: string, accepted: boolean) => void;
}

/** SOCKS5 (RFC 1928), with user and password (RFC 1929) where credentials are set. */
export function socks5(options: Socks5Options): SocksDialect {
  const { credentials, replyVersion = 5 } = options;
  const reply = (code: number) => Buffer.from([replyVersion, code, 0, 1, 0, 0, 0, 0, 0, 0]);
  return {
    reply,
    async negotiate(reader, write) {
      const methods = await reader.read((await reader.read(1))[0]!);
      const method = credentials ? PASSWORD : NO_AUTHENTICATION;
      const acceptable = methods.includes(method);
      write(Buffer.from([replyVersion, acceptable ? method : NO_ACCEPTABLE_METHOD]));
      if (!acceptable) return undefined;

      let user: string | undefined;
      if (credentials) {
        const given = await readCredentials(reader);
        user = given.username;
        const accepted = given.username === credentials.username && given.password === credentials.password;
        options.signedIn?.(user, accepted);
        write(Buffer.from([1, accepted ? 0 : 1]));
        if (!accepted) return undefined;
      }
      const [, command = 0, , type = 0] = await reader.read(4);
      const host = await readHost(reader, type);
      if (host === undefined) {
        write(reply(REPLY.addressTypeNotSupported));
        return undefined;
      }
      return { command, host, port: (await reader.read(2)).readUInt16BE(0), user };
    },
  };
}

async function readCredentials(reader: ByteReader) {
  await reader.read(1); // version of the sub-negotiation
  const username = (await readCounted(reader)).toString('utf8');
  return { username, password: (await readCounted(reader)).toString('utf8') };
}

async function readHost(reader: ByteReader, type: number): Promise<string | undefined> {
  if (type === 1) return (await reader.read(4)).join('.');
  if (type === 3) return (await readCounted(reader)).toString('utf8');
  if (type !== 4) return undefined;
  const address = await reader.read(16);
  return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16)).join(':');
}

async function readCounted(reader: ByteReader): Promise<Buffer> {
  return reader.read((await reader.read(1))[0]!);
}
