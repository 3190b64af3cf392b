import type { ByteReader } from './reader.js';

/** Versions of the protocol that a SOCKS server speaks. */
export type SocksVersion = '4' | '4a' | '5';

/** What a client asks for, whatever the version. */
export interface SocksRequest {
  /** 1 is CONNECT, the only one the lab grants. */
  readonly command: number;
  readonly host: string;
  readonly port: number;
  /** User id of SOCKS4, or user of SOCKS5. */
  readonly user: string | undefined;
}

/** Why a request is not granted, in terms of RFC 1928. */
export const REPLY = {
  granted: 0,
  failure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressTypeNotSupported: 8,
} as const;

/** One version's side of the server. */
export interface SocksDialect {
  /** Reads greeting, sign-in and request; `undefined` when it has refused the client. */
  negotiate(reader: ByteReader, write: (bytes: Buffer) => void): Promise<SocksRequest | undefined>;
  /** The reply that ends the negotiation. */
  reply(code: number): Buffer;
}
