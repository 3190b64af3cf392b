import { LOGS } from '../../testbed/layout.js';
import { RequestLog } from './request-log.js';

/** The log of an instance of microsocks: one line per connection that it opened for a client. */
export function microsocksRequests(name: string): RequestLog {
  return socksRequests(name, /connected to (\S+)$/);
}

/** The log of dante: one line per connection that it opened for a client. */
export function danteRequests(): RequestLog {
  return socksRequests('dante', /pass\(1\): tcp\/connect \[: .* -> \S+ (\S+)$/);
}

function socksRequests(name: string, line: RegExp): RequestLog {
  let count = 0;
  return new RequestLog(`${LOGS}/${name}.log`, (text) => {
    const target = line.exec(text)?.[1];
    if (target === undefined) return undefined;
    const nothing = { status: undefined, authorization: undefined, proxyAuthorization: undefined };
    return { connection: String(++count), port: 0, method: 'SOCKS', target, ...nothing };
  });
}
