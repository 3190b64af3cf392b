/** What a row may cost, judged by the peers' own logs. */
import type { LoggedRequest } from './logs/request-log.js';
import type { Asks, ProxyPeer } from './proxies.js';
import type { Row } from './table.js';

/** Connections that a client may hold at once. */
export const CONNECTIONS = 6;

/** How many requests the test makes for each kind of work; the GETs come one after the other. */
export const REQUESTS = { GET: 2, 'POST 100 kB': 1, '50 parallel': 50 } as const;

const PARALLEL = REQUESTS['50 parallel'];

/** Requests until the first answer on a connection, sign-in included. */
const ROUNDS: Record<Asks, number> = { none: 1, socks: 1, basic: 2, digest: 2, negotiate: 2, ntlm: 3 };

/** NTLM's third message, as base64 begins it. */
const NTLM_AUTHENTICATE = 'TlRMTVNTUAAD';

/** What the peers of a row logged while it ran. */
export interface Logs {
  readonly proxy: readonly LoggedRequest[];
  readonly origin: readonly LoggedRequest[];
}

/** What was too much or too little; nothing when the logs are as they should be. */
export function economyObjections(row: Row, { proxy, origin }: Logs): string[] {
  return [...(row.proxy ? atProxy(row, row.proxy, proxy, connections(origin)) : []), ...atOrigin(row, origin)];
}

/** Whether the proxy sees no requests but only what opens a way through it. */
export function isTunnelled({ proxy, origin }: Row): boolean {
  return origin.url.startsWith('https:') || (proxy?.url.startsWith('socks') ?? false);
}

function atProxy(row: Row, peer: ProxyPeer, log: readonly LoggedRequest[], used: number): string[] {
  const { asks } = peer;
  // An inspecting proxy logs what goes through the tunnel as well.
  const own = isTunnelled(row) ? log.filter(({ method }) => method === 'CONNECT' || method === 'SOCKS') : log;
  if (row.credentials !== 'right' && asks === 'socks') return exactly('connections to the proxy', own.length, 0);
  if (row.credentials !== 'right' && asks !== 'none') return refused(row, own, ROUNDS[asks]);
  if (row.work === '50 parallel') return atProxyInParallel(row, peer, own, used);

  const closed = closesFirst(row, peer) || isLeftAtProxy(row, asks) ? 1 : 0;
  // A tunnel goes with the origin's connection.
  const tunnels = 1 + (changesProtocol(row) ? 1 : 0) + (isLeftAtOrigin(row) ? 1 : 0);
  const requests = isTunnelled(row) ? tunnels * ROUNDS[asks] : ROUNDS[asks] - 1 + answersOfOrigin(row);
  return [
    ...exactly('requests to the proxy', own.length, requests),
    ...exactly('connections to the proxy', connections(own), (isTunnelled(row) ? tunnels : 1) + closed),
  ];
}

function atProxyInParallel(row: Row, peer: ProxyPeer, own: readonly LoggedRequest[], used: number): string[] {
  const { asks } = peer;
  const closes = closesFirst(row, peer);
  // A tunnel that nobody waits for any more is given up when the client closes, wherever its sign-in is. Those that
  // reached the origin are complete; an inspecting proxy has connections of its own to it.
  const spare = isTunnelled(row) ? CONNECTIONS - (peer.inspectsWith === undefined ? used : 1) : 0;
  const handshakes = asks === 'ntlm' ? oneHandshakeEach(own, (request) => request.proxyAuthorization, spare) : [];
  if (isTunnelled(row)) {
    const tunnels = CONNECTIONS + (changesProtocol(row) ? 1 : 0);
    return [
      ...atMost('requests to the proxy', own.length, tunnels * ROUNDS[asks]),
      ...atMost('connections to the proxy', connections(own), tunnels * (closes ? 2 : 1)),
      ...handshakes,
    ];
  }
  // What meets a connection that is closed for the first refusal goes to another, and may be refused there as well.
  const refusals = closes || peer.shortNonces ? PARALLEL : 0;
  return [
    ...atMost('requests to the proxy', own.length, inParallel(asks, row.origin.asks) + refusals),
    ...atMost('connections to the proxy', connections(own), CONNECTIONS + (closes ? PARALLEL : 0)),
    ...handshakes,
  ];
}

function atOrigin(row: Row, log: readonly LoggedRequest[]): string[] {
  const { asks, offersH2, everyRequest } = row.origin;
  if (row.credentials !== 'right') {
    if (row.proxy && row.proxy.asks !== 'none') return exactly('requests to the origin', log.length, 0);
    return refused(row, log, ROUNDS[asks]);
  }

  const accepted = log.filter(({ status }) => status === 200).length;
  const changed = changesProtocol(row) ? 1 : 0;
  // A proxy's connections to the origin are its own business.
  const isClients = row.proxy === undefined;
  if (row.work === '50 parallel') {
    return [
      ...exactly('accepted requests', accepted, PARALLEL),
      // Over HTTP/2 all requests are under way before the first answer has come. That every request has to be signed
      // in is learnt on each connection at the most once.
      ...atMost(
        'requests to the origin',
        log.length,
        (offersH2 ? ROUNDS[asks] * PARALLEL : inParallel('none', asks)) + (everyRequest ? CONNECTIONS : 0),
      ),
      ...(isClients ? atMost('connections to the origin', connections(log), CONNECTIONS + changed) : []),
      ...(isClients && asks === 'ntlm' ? oneHandshakeEach(log, (request) => request.authorization) : []),
    ];
  }
  return [
    ...exactly('accepted requests', accepted, REQUESTS[row.work]),
    ...exactly('requests to the origin', log.length, answersOfOrigin(row)),
    ...(isClients || isTunnelled(row)
      ? exactly('connections to the origin', connections(log), 1 + changed + (isLeftAtOrigin(row) ? 1 : 0))
      : []),
  ];
}

/**
 * Answers of the origin to one request after the other; those that refuse count as well. That a sign-in holds for one
 * request only is learnt by one refusal: the connection is challenged once more, and then each request brings its token.
 */
function answersOfOrigin({ origin: { asks, everyRequest }, credentials, work }: Row): number {
  const again = everyRequest && REQUESTS[work] > 1 ? 1 : 0;
  if (credentials === 'right') return ROUNDS[asks] - 1 + REQUESTS[work] + again;
  return credentials === 'wrong' ? ROUNDS[asks] : 1;
}

/** The refusal over HTTP/2 came on a connection that cannot be used for the scheme. */
function changesProtocol({ origin: { offersH2, protocol } }: Row): boolean {
  return offersH2 && protocol !== 'h2';
}

function closesFirst(row: Row, peer: ProxyPeer): boolean {
  return peer.closesFirst === 'always' || (peer.closesFirst === 'tunnels' && isTunnelled(row));
}

/**
 * A proxy that refuses a long upload may not read the rest, as Squid does not: the client leaves the connection. So it does
 * with a server that is a Squid.
 */
const isLeftAtProxy = (row: Row, asks: Asks) => row.work === 'POST 100 kB' && !isTunnelled(row) && asks !== 'none';
const isLeftAtOrigin = ({ work, origin: { daemon, asks } }: Row) =>
  work === 'POST 100 kB' && daemon.startsWith('squid') && asks !== 'none';

/**
 * Each connection goes through the rounds once. Until the credentials are there, which takes a turn for each that asks,
 * it may serve one more request that is refused for want of them.
 */
function inParallel(proxy: Asks, origin: Asks): number {
  const rounds = ROUNDS[proxy] - 1 + (ROUNDS[origin] - 1);
  const questions = [proxy, origin].filter((asks) => asks !== 'none').length;
  return PARALLEL + CONNECTIONS * (rounds + questions);
}

/** With wrong credentials a peer asks again after each round, without any after the first. */
function refused(row: Row, log: readonly LoggedRequest[], rounds: number): string[] {
  const each = row.credentials === 'wrong' ? rounds : 1;
  const accepted = log.filter(({ status }) => status !== undefined && status < 400);
  return [
    ...exactly('accepted requests', accepted.length, 0),
    ...(row.work === '50 parallel'
      ? atMost('refused requests', log.length, each * PARALLEL)
      : exactly('refused requests', log.length, each)),
  ];
}

type Field = (request: LoggedRequest) => string | undefined;

/** Connections without any token were closed, or left, after the first refusal; so many may have been left later. */
function oneHandshakeEach(log: readonly LoggedRequest[], field: Field, spare = 0): string[] {
  const complete = log.filter((request) => field(request)?.includes(NTLM_AUTHENTICATE));
  const begun = log.filter((request) => field(request) !== undefined);
  return [
    ...exactly('handshakes', complete.length, connections(complete)),
    ...atMost('handshakes without an end', connections(begun) - connections(complete), spare),
  ];
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
