import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProxyRoute } from '@netloom/contracts';
import type { AuthConnection } from '../auth/connection.js';

/** Where a connection has to end. */
export interface Destination {
  readonly protocol: 'http:' | 'https:';
  /** Host name or address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** How one connection is to be opened. */
export interface OpenOptions {
  readonly route: ProxyRoute;
  readonly destination: Destination;
  /** Whether the proxy is to open a tunnel (or SOCKS connection); false for absolute-form requests over the proxy. */
  readonly tunnel: boolean;
  /** Protocols to offer to the origin by ALPN, such as `['h2', 'http/1.1']`. */
  readonly alpn: readonly string[];
  /** User agent that the CONNECT request names. */
  readonly userAgent: string | undefined;
  /** Signs the CONNECT request in; undefined for a route that opens no tunnel by CONNECT. */
  readonly tunnelAuth: TunnelAuth | undefined;
  /** Gives the opening up; its reason is what `open` rejects with. */
  readonly signal: AbortSignal;
}

/** Signs CONNECT requests in. Implemented by the sign-in framework. */
export interface TunnelAuth {
  /**
   * Whether the answer that `challenged` is working on belongs to the connection that brought the challenge, set by the
   * time `challenged` returns its promise. That connection is then kept however long the answer takes; any other is
   * given up when the answer takes longer than a second, since it may be a person who is being asked.
   */
  readonly holding?: boolean | undefined;
  /**
   * The `Proxy-Authorization` value to send with the next CONNECT on this connection; undefined for none. Asked again,
   * without a word in between, for a new connection when the proxy does not go on on the one it was asked for.
   */
  header(connection: AuthConnection, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Takes the 407. Resolves with `same` when the next CONNECT has to go on the same connection, `any` when it may go on
   * the same or a new one, and rejects with what the caller is to see.
   */
  challenged(headers: TunnelHeaders, connection: AuthConnection, signal: AbortSignal): Promise<'same' | 'any'>;
  /** Takes the head of the 200. Rejects when the proxy did not prove itself as demanded. */
  succeeded(status: number, headers: TunnelHeaders, connection: AuthConnection): Promise<void>;
  /** Name of the scheme in use, in lower case; undefined: none. */
  readonly scheme: string | undefined;
  /** The connection went away between rounds; true when a new one may begin again (bounded). */
  restart(): boolean;
  /** Ends what is going on, however the opening ended. */
  dispose(): void;
}

/** Header fields of an answer to CONNECT: flat list of name and value in wire order. */
export type TunnelHeaders = readonly string[];

/** A connection that is ready for its engine. */
export interface OpenedConnection {
  readonly socket: Socket | TLSSocket;
  /** What ALPN agreed on; undefined without TLS or without ALPN. */
  readonly alpn: string | undefined;
  /** Sign-in state and channel bindings of this connection. */
  readonly auth: AuthConnection;
}

/** Opens connections. */
export interface Connector {
  open(options: OpenOptions): Promise<OpenedConnection>;
  /**
   * Has the client's certificate for an origin chosen that has refused a connection without one; whether there is one.
   *
   * @throws what the program's callback throws.
   */
  chooseCertificate(destination: Destination): Promise<boolean>;
}
