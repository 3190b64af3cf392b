/** One address of a host. */
export interface HostAddress {
  /** The address as text, without brackets. */
  readonly address: string;
  readonly family: 4 | 6;
  /** The port to connect to instead of the one that was asked for. Default: that one. */
  readonly port?: number | undefined;
}

/** How a name is to be looked up. */
export interface LookupOptions {
  /** Only addresses of this family; both when absent. */
  readonly family?: 4 | 6 | undefined;
  /** The port that is going to be connected to, for resolvers whose answers depend on it. */
  readonly port?: number | undefined;
  /** Gives the look-up up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves host names. One instance serves a whole client; tests and programs with DNS of their own hand in theirs.
 *
 * @example
 * ```ts
 * import type { HostResolver } from '@netloom/contracts';
 *
 * const fixed: HostResolver = {
 *   lookup: async (hostname) => {
 *     if (hostname === 'web.test') return [{ address: '127.0.0.1', family: 4 }];
 *     throw Object.assign(new Error(`no address of ${hostname}`), { code: 'ENOTFOUND' });
 *   },
 * };
 * ```
 */
export interface HostResolver {
  /**
   * All addresses of a host in order of preference. An IP literal is its own address.
   *
   * @throws an error whose `code` is `ENOTFOUND` when the name has no address; any other error is a failure to look up.
   */
  lookup(hostname: string, options?: LookupOptions): Promise<readonly HostAddress[]>;
  /** The name that the host's aliases (CNAME) lead to; absent where the resolver cannot tell. */
  canonicalName?(hostname: string, options?: LookupOptions): Promise<string>;
}
