/** Credentials where they do not belong, judged by the peers' own logs. */
import { PEOPLE } from '../testbed/layout.js';
import { isTunnelled, type Logs } from './economy.js';
import type { LoggedRequest } from './logs/request-log.js';
import type { Row } from './table.js';

/** What went to the wrong place; nothing when the logs are as they should be. */
export function secrecyObjections(row: Row, { proxy, origin }: Logs): string[] {
  const inTunnel = isTunnelled(row) ? proxy.filter(({ method }) => method !== 'CONNECT') : [];
  const forProxy = isTunnelled(row) ? proxy.filter(({ method }) => method === 'CONNECT') : proxy;
  const rules: [readonly LoggedRequest[], (request: LoggedRequest) => boolean, string][] = [
    [origin, (request) => request.proxyAuthorization !== undefined, 'the origin got Proxy-Authorization'],
    [inTunnel, (request) => request.proxyAuthorization !== undefined, 'Proxy-Authorization inside the tunnel'],
    [
      row.origin.asks === 'none' || isTunnelled(row) ? forProxy : [],
      (request) => request.authorization !== undefined,
      'the proxy got Authorization',
    ],
    [proxy, (request) => names(request.proxyAuthorization, 'origin'), 'the proxy got the password of the origin'],
    [origin, (request) => names(request.authorization, 'proxy'), 'the origin got the password of the proxy'],
    [
      row.credentials === 'missing' ? [...proxy, ...origin] : [],
      ({ authorization, proxyAuthorization }) => (authorization ?? proxyAuthorization) !== undefined,
      'credentials were sent though there are none',
    ],
  ];
  return rules.filter(([requests, isMisplaced]) => requests.some(isMisplaced)).map(([, , objection]) => objection);
}

/** Whether a field of Basic or Digest names this person. */
function names(field: string | undefined, person: keyof typeof PEOPLE): boolean {
  const { username } = PEOPLE[person];
  if (field?.startsWith('Basic ')) return atob(field.slice(6)).startsWith(`${username}:`);
  return field?.includes(`username="${username}"`) ?? false;
}
