import type { AuthTarget, ChannelBinding } from '@netloom/contracts';

/**
 * What sign-in sees of a connection. The pool's connections have this shape, and so has the socket to a proxy while a
 * tunnel is being opened on it.
 */
export interface AuthConnection {
  /** Identity that a connection-bound scheme signed in at the proxy on this connection; undefined: none. */
  proxyIdentity: string | undefined;
  /** The same for an origin server. `origin` matters where one connection to a proxy serves many origins. */
  serverIdentity: { readonly origin: string; readonly identity: string } | undefined;
  /** Whether requests on this connection share it as HTTP/2 streams. */
  readonly multiplexed: boolean;
  /** The binding to the TLS layer that ends at the given target; undefined where there is none. */
  channelBinding(target: AuthTarget): ChannelBinding | undefined;
}
