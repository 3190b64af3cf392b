import { isIP } from 'node:net';
import type { HostAddress, HostResolver, LookupOptions } from '@netloom/contracts';
import { type Client, systemHostResolver } from '@netloom/core';
import { HostMapping, isNotFound } from './host-mapping.js';
import { type HostResolverConfig, hostResolverConfig } from './host-resolver-config.js';
import { lookupSecurely } from './secure-dns.js';

/** How a name is looked up, beyond what every resolver understands. */
export interface SessionLookupOptions extends LookupOptions {
  /** Whether a kept answer will do. Default true. */
  readonly kept?: boolean | undefined;
  /** Who may be asked: any, the system only, or nobody. Default `any`. */
  readonly source?: 'any' | 'system' | 'nobody' | undefined;
}

interface KeptAnswer {
  readonly addresses: readonly HostAddress[];
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Answers that are kept; the oldest are forgotten first. */
const MAX_ANSWERS = 1000;

/**
 * Looks names up for a session: by the rules of `--host-resolver-rules`, then as the app is configured. Answers of DNS
 * over HTTPS are kept as long as they say; the system keeps its own.
 */
export class SessionHostResolver implements HostResolver {
  readonly #mapping: HostMapping;
  readonly #client: () => Client;
  readonly #kept = new Map<string, KeptAnswer>();

  /**
   * @param rules - value of `--host-resolver-rules`.
   * @param client - what questions are sent by; it must not look its own names up here.
   */
  constructor(rules: string, client: () => Client) {
    this.#mapping = new HostMapping(rules);
    this.#client = client;
  }

  /** The resolver without DNS over HTTPS: for what DNS over HTTPS itself needs. */
  readonly insecure: HostResolver = {
    lookup: (hostname, options) => this.lookup(hostname, { ...options, source: 'system' }),
    canonicalName: (hostname, options) => this.canonicalName(hostname, options),
  };

  async lookup(hostname: string, options: SessionLookupOptions = {}): Promise<readonly HostAddress[]> {
    const { host, port } = this.#mapping.map({ host: hostname, port: options.port });
    if (isNotFound(host)) throw notFound(hostname);
    const addresses = await this.#addresses(host, options);
    return port === options.port ? addresses : addresses.map((address) => ({ ...address, port }));
  }

  canonicalName(hostname: string, options?: LookupOptions): Promise<string> {
    const { host } = this.#mapping.map({ host: hostname, port: options?.port });
    return (systemHostResolver.canonicalName as NonNullable<HostResolver['canonicalName']>)(host, options);
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#kept.clear();
  }

  async #addresses(host: string, options: SessionLookupOptions): Promise<readonly HostAddress[]> {
    const { source = 'any', family, signal } = options;
    const config = hostResolverConfig.current;
    const isLiteral = isIP(host) !== 0;
    const isSecure = source !== 'system' && !isLiteral && !isLocal(host) && !usesSystem(config);
    if (!isSecure) {
      if (source === 'nobody' && !isLiteral) throw notFound(host);
      return systemHostResolver.lookup(host, { family, signal });
    }
    const key = `${host.toLowerCase()} ${family ?? ''}`;
    const kept = options.kept === false ? undefined : this.#kept.get(key);
    if (kept !== undefined && kept.until > Date.now()) return kept.addresses;
    if (source === 'nobody') throw notFound(host);
    return this.#ask(key, host, config, family, signal);
  }

  async #ask(
    key: string,
    host: string,
    { mode, servers }: HostResolverConfig,
    family: 4 | 6 | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly HostAddress[]> {
    try {
      const families = family === undefined ? ([6, 4] as const) : [family];
      const { addresses, ttl } = await lookupSecurely(this.#client(), servers, host, families, signal);
      this.#kept.delete(key);
      this.#kept.set(key, { addresses, until: Date.now() + ttl * 1000 });
      if (this.#kept.size > MAX_ANSWERS) this.#kept.delete(this.#kept.keys().next().value as string);
      return addresses;
    } catch (error) {
      if (mode === 'secure' || signal?.aborted) throw error;
      return systemHostResolver.lookup(host, { family, signal });
    }
  }
}

/** Without servers there is nobody to ask, which mode `secure` reports. */
function usesSystem({ mode, servers }: HostResolverConfig): boolean {
  return mode === 'off' || (mode === 'automatic' && servers.length === 0);
}

/** RFC 6761 section 6.3: such names never leave the machine. */
function isLocal(host: string): boolean {
  return /^(?:.*\.)?localhost\.?$/i.test(host);
}

function notFound(host: string): Error {
  return Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
}
