import { EventEmitter } from 'node:events';
import { Network } from './network.js';
import type { ProxyConfig } from './proxy-config.js';

/** A browsing session: connections, credentials and proxies that its requests share. */
export interface Session extends EventEmitter {
  /**
   * Says by which proxies requests go. Connections that are open stay so; see {@link Session.closeAllConnections}.
   *
   * Rejects with `Invalid mode`, and for a configuration that cannot be used.
   */
  setProxy(config: ProxyConfig): Promise<void>;
  /** The proxies for a URL, as a PAC script would name them: `DIRECT`, `PROXY proxy.test:80;DIRECT`. */
  resolveProxy(url: string): Promise<string>;
  /** Forgets the credentials that servers and proxies have been given. */
  clearAuthCache(): Promise<void>;
  /** Closes all connections; requests under way fail with `net::ERR_ABORTED`. */
  closeAllConnections(): Promise<void>;
}

/** What stands behind a session. */
export let networkOf: (session: Session) => Network;

/** Whether a value is a session of this module. */
export let isSession: (value: unknown) => value is Session;

/** @internal Sessions are made by {@link sessions}. */
export class BrowsingSession extends EventEmitter implements Session {
  readonly #network = new Network();

  static {
    networkOf = (session) => (session as BrowsingSession).#network;
    isSession = (value): value is Session => typeof value === 'object' && value !== null && #network in value;
  }

  async setProxy(config: ProxyConfig): Promise<void> {
    this.#network.setProxy(config);
  }

  async resolveProxy(url: string): Promise<string> {
    return this.#network.resolveProxy(url);
  }

  async clearAuthCache(): Promise<void> {
    this.#network.clearAuthCache();
  }

  async closeAllConnections(): Promise<void> {
    this.#network.closeAllConnections();
  }
}
