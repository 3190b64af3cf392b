import type { HostResolver } from '@netloom/contracts';
import { netError } from '../errors.js';

/** How {@link Session.resolveHost} looks a name up. */
export interface ResolveHostOptions {
  /** Addresses of IPv4 (`A`) or IPv6 (`AAAA`) alone. Default: both. */
  queryType?: 'A' | 'AAAA';
  /** Taken as in Electron; the system is what is asked. */
  source?: 'any' | 'system' | 'dns' | 'mdns' | 'localOnly';
  /** Taken as in Electron; no answers are kept. */
  cacheUsage?: 'allowed' | 'staleAllowed' | 'disallowed';
  /** Taken as in Electron; DNS over HTTPS is not used. */
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

/** @throws Error `net::ERR_NAME_NOT_RESOLVED`; TypeError for arguments of wrong types. */
export async function resolveHost(
  resolver: HostResolver,
  host: string,
  options: ResolveHostOptions = {},
): Promise<ResolvedHost> {
  if (typeof host !== 'string') throw new TypeError('`host` should be a string');
  const { queryType } = options;
  if (queryType !== undefined && !Object.hasOwn(FAMILIES, queryType)) {
    throw new TypeError('`queryType` should be A or AAAA');
  }
  const family = queryType && FAMILIES[queryType];
  const found = await resolver.lookup(host, family === undefined ? {} : { family }).catch((cause: unknown) => {
    throw netError('ERR_NAME_NOT_RESOLVED', cause);
  });
  const endpoints = found
    .filter((one) => family === undefined || one.family === family)
    .map(({ address, family }): ResolvedEndpoint => ({ address, family: family === 4 ? 'ipv4' : 'ipv6' }));
  if (endpoints.length === 0) throw netError('ERR_NAME_NOT_RESOLVED');
  return { endpoints };
}
