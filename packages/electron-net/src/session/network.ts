import { formatPacResult, type ProxyResolver } from '@netloom/contracts';
import { basic, type Client, createClient, digest } from '@netloom/core';
import { outgoingFields } from '../net/outgoing-fields.js';
import type { RequestContext } from '../net/request-context.js';
import { type ProxyConfig, resolverOf } from './proxy-config.js';
import { DEFAULT_USER_AGENT } from './user-agent.js';

/** Connections as Chromium limits them. */
const LIMITS = { perOrigin: 6, perProxy: 32, total: 256 };

/** What stands behind a session: its client, made when it is first needed, and its settings. */
export class Network implements RequestContext {
  userAgent = DEFAULT_USER_AGENT;
  acceptLanguage = '';
  #resolver: ProxyResolver = resolverOf({ mode: 'direct' });
  #client: Client | undefined;

  get client(): Client {
    this.#client ??= createClient({
      auth: [digest(), basic()],
      limits: LIMITS,
      decode: true,
      proxy: { resolve: (url, options) => this.#resolver.resolve(url, options) },
      layers: [{ after: 'redirect', layer: outgoingFields }],
    });
    return this.#client;
  }

  /** @throws as {@link resolverOf} does. */
  setProxy(config: ProxyConfig): void {
    this.#resolver = resolverOf(config);
  }

  /** The proxies for a URL as a PAC script would name them. */
  async resolveProxy(url: string): Promise<string> {
    const { routes } = await this.#resolver.resolve(new URL(url));
    return formatPacResult(routes);
  }

  clearAuthCache(): void {
    this.#client?.clearAuthCache();
  }

  closeAllConnections(): void {
    this.#client?.closeAllConnections();
  }
}
