import { mitmproxyLog } from '../../servers/mitmproxy.js';
import { type LoggedRequest, RequestLog } from './request-log.js';

/** The log of an instance of mitmproxy: CONNECT, and requests in the tunnel or to the proxy. */
export function mitmproxyRequests(name: string): RequestLog {
  return new RequestLog(mitmproxyLog(name), (line): LoggedRequest | undefined => {
    if (line === '') return undefined;
    const entry = JSON.parse(line) as Record<string, string | number | null>;
    if (entry.event === 'connected') return undefined;
    return {
      connection: String(entry.port),
      port: 0,
      method: String(entry.method ?? 'CONNECT'),
      target: String(entry.url ?? entry.target),
      status: undefined,
      authorization: undefined,
      proxyAuthorization: entry.authorization === null ? undefined : String(entry.authorization),
    };
  });
}
