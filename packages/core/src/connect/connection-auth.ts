import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AuthTarget, ChannelBinding } from '@netloom/contracts';
import type { AuthConnection } from '../auth/connection.js';
import { endPointBinding } from '../tls/channel-binding.js';
import { peerCertificate } from '../tls/peer-certificate.js';

/** What sign-in sees of a connection, from the socket to the proxy on until the connection closes. */
export class ConnectionAuth implements AuthConnection {
  proxyIdentity: AuthConnection['proxyIdentity'];
  serverIdentity: AuthConnection['serverIdentity'];
  readonly #layers: { proxy: TLSSocket | undefined; server: TLSSocket | undefined };
  readonly #bindings = new Map<AuthTarget, ChannelBinding | undefined>();

  /** @param toProxy - the socket that ends at the proxy; undefined for a direct connection */
  constructor(toProxy: Socket | undefined) {
    this.#layers = { proxy: toProxy instanceof TLSSocket ? toProxy : undefined, server: undefined };
  }

  /** Tells of the TLS layer that ends at the origin. */
  securedToOrigin(socket: TLSSocket): void {
    this.#layers.server = socket;
  }

  get multiplexed(): boolean {
    return this.#layers.server?.alpnProtocol === 'h2';
  }

  channelBinding(target: AuthTarget): ChannelBinding | undefined {
    if (!this.#bindings.has(target)) {
      const socket = this.#layers[target];
      const certificate = socket && peerCertificate(socket);
      this.#bindings.set(target, certificate && endPointBinding(certificate.raw));
    }
    return this.#bindings.get(target);
  }
}
