import { squidLog } from '../../servers/squid-config.js';
import { PORTS, SQUIDS, type SquidName, squidPort } from '../../testbed/layout.js';
import { present, RequestLog } from './request-log.js';

/** The log of an instance of Squid. Tunnels are logged when they end. */
export function squidRequests(name: SquidName): RequestLog {
  const flushBy = {
    port: squidPort(name, 'http', SQUIDS[name].offers[0]),
    target: `http://web.test:${PORTS.apacheHttp}/none/`,
  };
  const parse = (line: string) => {
    const [ended, connection, port, method, target, status, proxyAuthorization, authorization, took] = line.split(' ');
    if (took === undefined || target!.startsWith('error:')) return undefined;
    return {
      connection: connection!,
      port: Number(port),
      method: method!,
      target: target!,
      status: Number(status),
      proxyAuthorization: decode(proxyAuthorization),
      authorization: decode(authorization),
      began: Number(ended) * 1000 - Number(took),
    };
  };
  return new RequestLog(squidLog(name), parse, flushBy);
}

function decode(field: string | undefined): string | undefined {
  const value = present(field);
  return value === undefined ? undefined : decodeURIComponent(value);
}
