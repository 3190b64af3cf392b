import { type LookupAddress, lookup } from 'node:dns';
import type { HostAddress, HostResolver, LookupOptions } from '@netloom/contracts';

/** Looks names up as the system does, through `node:dns`: hosts file, DNS with its search list, and what else it has. */
export const nodeHostResolver: HostResolver = {
  lookup(hostname, { family, signal }: LookupOptions = {}) {
    return new Promise<readonly HostAddress[]>((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      lookup(hostname, { all: true, family: family ?? 0 }, (error, addresses: LookupAddress[]) => {
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve(addresses as HostAddress[]);
      });
    });
  },
};
