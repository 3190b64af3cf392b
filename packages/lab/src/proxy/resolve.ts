import { isIP, type LookupFunction } from 'node:net';
import { NameNotFoundError } from '../dns.js';
import type { Resolve } from './http-proxy.js';

/** A resolve function of a test as the `lookup` option of `net.connect`. */
export function lookupBy(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    Promise.resolve(hostname)
      .then(resolve)
      .then(
        (found) => {
          const answers = [found].flat().map((address) => ({ address, family: isIP(address) }));
          if (answers.length === 0) callback(new NameNotFoundError(hostname), '', 0);
          else if (options.all) callback(null, answers);
          else callback(null, answers[0]!.address, answers[0]!.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      );
  };
}
