import { promises as dns, lookup as dnsLookup } from 'node:dns';
import { isIP } from 'node:net';
import type { HostAddress, HostResolver, LookupOptions } from '@netloom/contracts';

/** The machine's resolver (getaddrinfo): files, DNS and whatever else the system asks. */
export const systemHostResolver: HostResolver = {
  lookup(hostname, options = {}) {
    const family = isIP(hostname);
    if (family !== 0) return Promise.resolve([{ address: hostname, family: family as 4 | 6 }]);
    return lookupAll(hostname, options);
  },

  async canonicalName(hostname) {
    const names = await dns.resolveCname(hostname);
    return names[0] ?? hostname;
  },
};

function lookupAll(hostname: string, { family, signal }: LookupOptions): Promise<HostAddress[]> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    dnsLookup(hostname, { all: true, family: family ?? 0, order: 'verbatim' }, (error, addresses) => {
      signal?.removeEventListener('abort', onAbort);
      if (error !== null) reject(error);
      else resolve(addresses.map(({ address, family: of }) => ({ address, family: of === 6 ? 6 : 4 })));
    });
  });
}
