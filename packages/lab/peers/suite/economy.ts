/** What a row must have cost, judged by the peers' own logs. */
import { PEOPLE } from '../testbed/layout.js';
import type { LoggedRequest } from './logs/request-log.js';
import type { Asks } from './proxies.js';
import type { Row } from './table.js';

/** Connections that a client may hold at once. */
export const CONNECTIONS = 6;

/** How many requests the test makes for each kind of work; the GETs come one after the other. */
export const REQUESTS = { GET: 2, 'POST 100 kB': 1, '50 parallel': 50 } as const;

/** Requests until the first answer on a connection, sign-in included. */
const ROUNDS: Record<Asks, number> = { none: 1, socks: 1, basic: 2, digest: 2, negotiate: 2, ntlm: 3 };

/** NTLM's third message, as base64 begins it. */
const NTLM_AUTHENTICATE = 'TlRMTVNTUAAD';

/** What the peers of a row logged while it ran. */
export interface Logs {
  readonly proxy: readonly LoggedRequest[];
  readonly origin: readonly LoggedRequest[];
}

/** What is wrong with the logs; nothing when they are as they should be. */
export function objections(row: Row, logs: Logs): string[] {
  return [...(row.proxy ? atProxy(row, logs.proxy) : []), ...atOrigin(row, logs.origin), ...misplaced(row, logs)];
}

function isTunnelled({ origin }: Row): boolean {
  return origin.url.startsWith('https:');
}

function atProxy(row: Row, log: readonly LoggedRequest[]): string[] {
  const { asks, closesFirst = false, credentialsInUrl = false } = row.proxy!;
  // Requests inside an opened tunnel are those of the origin.
  const own = isTunnelled(row) ? log.filter(({ method }) => method === 'CONNECT' || method === 'SOCKS') : log;
  // Credentials of the proxy's URL go unasked where the scheme can do without a challenge.
  const rounds = credentialsInUrl ? 1 : ROUNDS[asks];
  const closed = closesFirst && asks !== 'none' ? 1 : 0;
  if (row.credentials !== 'right' && asks !== 'none') return refused(row, own, rounds);

  const answers = isTunnelled(row) ? 1 : REQUESTS[row.work] + ROUNDS[row.origin.asks] - 1;
  if (row.work === '50 parallel') {
    const most = isTunnelled(row) ? CONNECTIONS * rounds : inParallel(rounds + ROUNDS[row.origin.asks] - 1);
    return [
      ...atMost('requests to the proxy', own.length, most),
      ...atMost('connections to the proxy', connections(own), CONNECTIONS * (1 + closed)),
      ...(asks === 'ntlm' ? oneHandshakeEach(own, (request) => request.proxyAuthorization) : []),
    ];
  }
  const only = row.credentials === 'right' ? answers : isTunnelled(row) ? 1 : ROUNDS[row.origin.asks];
  return [
    ...exactly('requests to the proxy', own.length, rounds - 1 + only),
    ...exactly('connections to the proxy', connections(own), 1 + closed),
  ];
}

function atOrigin(row: Row, log: readonly LoggedRequest[]): string[] {
  const { asks } = row.origin;
  if (row.credentials !== 'right' && row.proxy && row.proxy.asks !== 'none') {
    return exactly('requests to the origin', log.length, 0);
  }
  if (row.credentials !== 'right') return refused(row, log, ROUNDS[asks]);

  const count = REQUESTS[row.work];
  const accepted = log.filter(({ status }) => status === 200).length;
  // A proxy's connections to the origin are its own business.
  const isClients = row.proxy === undefined;
  if (row.work === '50 parallel') {
    return [
      ...exactly('accepted requests', accepted, count),
      ...atMost('requests to the origin', log.length, mostAtOrigin(row)),
      ...(isClients ? atMost('connections to the origin', connections(log), CONNECTIONS) : []),
      ...(isClients && asks === 'ntlm' ? oneHandshakeEach(log, (request) => request.authorization) : []),
    ];
  }
  return [
    ...exactly('accepted requests', accepted, count),
    ...exactly('requests to the origin', log.length, ROUNDS[asks] - 1 + count),
    ...(isClients || isTunnelled(row) ? exactly('connections to the origin', connections(log), 1) : []),
  ];
}

/** Over HTTP/2 all requests are under way before the first answer has come. */
function mostAtOrigin({ origin: { asks, protocol } }: Row): number {
  return protocol === 'h2' ? ROUNDS[asks] * REQUESTS['50 parallel'] : inParallel(ROUNDS[asks]);
}

/**
 * Each connection goes through the rounds once. Until the credentials are there, which takes a turn, it may serve one
 * more request that is refused for want of them.
 */
function inParallel(rounds: number): number {
  return REQUESTS['50 parallel'] + CONNECTIONS * (rounds > 1 ? rounds : 0);
}

/** With wrong credentials a peer asks again after each round, without any after the first. */
function refused(row: Row, log: readonly LoggedRequest[], rounds: number): string[] {
  const each = row.credentials === 'wrong' ? rounds : 1;
  const accepted = log.filter(({ status }) => status !== undefined && status < 400);
  return [
    ...exactly('accepted requests', accepted.length, 0),
    ...(row.work === '50 parallel'
      ? atMost('refused requests', log.length, each * REQUESTS[row.work])
      : exactly('refused requests', log.length, each)),
  ];
}

/** Credentials where they do not belong, or where there should be none. */
function misplaced(row: Row, { proxy, origin }: Logs): string[] {
  const inTunnel = proxy.filter(({ method }) => method !== 'CONNECT' && isTunnelled(row));
  const found = [
    ...origin.filter((request) => request.proxyAuthorization).map(() => 'the origin got Proxy-Authorization'),
    ...inTunnel.filter((request) => request.proxyAuthorization).map(() => 'Proxy-Authorization inside the tunnel'),
    ...proxy
      .filter((request) => request.authorization && (request.method === 'CONNECT' || row.origin.asks === 'none'))
      .map(() => 'the proxy got Authorization'),
    ...proxy
      .filter((request) => isOf(request.proxyAuthorization, 'origin'))
      .map(() => 'the proxy got the password of the origin'),
    ...origin
      .filter((request) => isOf(request.authorization, 'proxy'))
      .map(() => 'the origin got the password of the proxy'),
  ];
  const sent = [...proxy, ...origin].filter(
    ({ authorization, proxyAuthorization }) => authorization ?? proxyAuthorization,
  );
  if (row.credentials === 'missing' && sent.length > 0) found.push('credentials out of nowhere');
  return [...new Set(found)];
}

/** Whether a Basic or Digest field names this person. */
function isOf(field: string | undefined, person: keyof typeof PEOPLE): boolean {
  const { username } = PEOPLE[person];
  if (field?.startsWith('Basic ')) return atob(field.slice(6)).startsWith(`${username}:`);
  return field?.includes(`username="${username}"`) ?? false;
}

function oneHandshakeEach(
  log: readonly LoggedRequest[],
  field: (request: LoggedRequest) => string | undefined,
): string[] {
  const handshakes = log.filter((request) => field(request)?.includes(NTLM_AUTHENTICATE)).length;
  return exactly('handshakes', handshakes, connections(log));
}

function connections(log: readonly LoggedRequest[]): number {
  return new Set(log.map(({ connection }) => connection)).size;
}

function exactly(what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${found} ${what}, expected ${expected}`];
}

function atMost(what: string, found: number, limit: number): string[] {
  return found <= limit ? [] : [`${found} ${what}, expected at most ${limit}`];
}
