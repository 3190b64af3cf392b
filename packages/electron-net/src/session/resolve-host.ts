import type { SessionHostResolver } from '../dns/session-host-resolver.js';
import { netError } from '../errors.js';

/** How {@link Session.resolveHost} looks a name up. */
export interface ResolveHostOptions {
  /** Addresses of IPv4 (`A`) or IPv6 (`AAAA`) alone. Default: both. */
  queryType?: 'A' | 'AAAA';
  /**
   * Who is asked: `system` leaves DNS over HTTPS out, `localOnly` takes kept answers and addresses only; the rest is the
   * default, `any`.
   */
  source?: 'any' | 'system' | 'dns' | 'mdns' | 'localOnly';
  /** Whether an answer that is kept will do: `disallowed` asks anew. Default `allowed`. */
  cacheUsage?: 'allowed' | 'staleAllowed' | 'disallowed';
  /** Whether DNS over HTTPS may be asked. Default `allow`. */
  secureDnsPolicy?: 'allow' | 'disable';
}

/** One address of a host. */
export interface ResolvedEndpoint {
  address: string;
  family: 'ipv4' | 'ipv6' | 'unspec';
}

/** The addresses of a host. */
export interface ResolvedHost {
  endpoints: ResolvedEndpoint[];
}

const FAMILIES = { A: 4, AAAA: 6 } as const;
const WORDS = {
  queryType: ['A', 'AAAA'],
  source: ['any', 'system', 'dns', 'mdns', 'localOnly'],
  cacheUsage: ['allowed', 'staleAllowed', 'disallowed'],
  secureDnsPolicy: ['allow', 'disable'],
} as const;

/** @throws Error `net::ERR_NAME_NOT_RESOLVED`; TypeError for arguments of wrong types. */
export async function resolveHost(
  resolver: SessionHostResolver,
  host: string,
  options: ResolveHostOptions = {},
): Promise<ResolvedHost> {
  if (typeof host !== 'string') throw new TypeError('`host` should be a string');
  for (const [name, words] of Object.entries(WORDS)) {
    const value = options[name as keyof typeof WORDS];
    if (value !== undefined && !(words as readonly string[]).includes(value)) {
      throw new TypeError(`\`${name}\` should be ${words.join(' or ')}`);
    }
  }
  const { queryType, source, cacheUsage, secureDnsPolicy } = options;
  const family = queryType && FAMILIES[queryType];
  const isSystem = source === 'system' || secureDnsPolicy === 'disable';
  const lookup = {
    family,
    kept: cacheUsage !== 'disallowed',
    source: source === 'localOnly' ? 'nobody' : isSystem ? 'system' : 'any',
  } as const;
  const found = await resolver.lookup(host, lookup).catch((cause: unknown) => {
    throw netError('ERR_NAME_NOT_RESOLVED', cause);
  });
  const endpoints = found
    .filter((one) => family === undefined || one.family === family)
    .map(({ address, family }): ResolvedEndpoint => ({ address, family: family === 4 ? 'ipv4' : 'ipv6' }));
  if (endpoints.length === 0) throw netError('ERR_NAME_NOT_RESOLVED');
  return { endpoints };
}
