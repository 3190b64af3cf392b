import { APACHE_LOG } from '../../servers/apache-config.js';
import { PORTS } from '../../testbed/layout.js';
import { present, RequestLog } from './request-log.js';

const LINE = /^(\d+) (\d+) (\S+) (\S+) (\S+) (\d+) "(.*)" "(.*)"$/;

/** The log of Apache. */
export function apacheRequests(): RequestLog {
  const parse = (line: string) => {
    const [, connection, port, protocol, method, target, status, authorization, proxyAuthorization] =
      LINE.exec(line) ?? [];
    if (connection === undefined) return undefined;
    return {
      connection,
      port: Number(port),
      protocol,
      method: method!,
      target: target!,
      status: Number(status),
      authorization: present(authorization),
      proxyAuthorization: present(proxyAuthorization),
    };
  };
  return new RequestLog(APACHE_LOG, parse, { port: PORTS.apacheHttp, target: '/none/' });
}
