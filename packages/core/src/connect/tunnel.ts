import type { Socket } from 'node:net';
import { describeProxy, isNetError, type NetError, type ProxyServer } from '@netloom/contracts';
import { ConnectionAuth } from './connection-auth.js';
import { drainBody } from './drain.js';
import type { Opening } from './opening.js';
import { type ResponseHead, readResponseHead } from './response-head.js';
import { SocketReader } from './socket-reader.js';
import { tunnelHead } from './tunnel-head.js';
import type { OpenOptions, TunnelAuth, TunnelHeaders } from './types.js';

/** Rounds of sign-in for one tunnel, as Chromium limits them. */
const MAX_ROUNDS = 32;
/** How long a socket is kept while sign-in is asking somebody, in ms. */
const HELD_WHILE_ASKING = 1000;
/** How long a proxy has to go on after its 407 on the same connection, in ms, where a new one does as well. */
const GOES_ON_WITHIN = 2000;

/** What a tunnel is opened with. */
export interface TunnelOptions extends Pick<OpenOptions, 'destination' | 'userAgent' | 'tunnelAuth'> {
  readonly proxy: ProxyServer;
  /** Opens a connection to the proxy. */
  readonly connectProxy: () => Promise<Socket>;
  /** Milliseconds for each CONNECT and its answer. */
  readonly tunnelMs: number;
  /** Proxies, by their description, that do not go on after a 407 on the same connection. Shared by all tunnels. */
  readonly oneShotProxies: Set<string>;
}

/** A tunnel that is open. */
export interface Tunnel {
  readonly socket: Socket;
  readonly auth: ConnectionAuth;
}

/** A connection to the proxy on which a tunnel is being asked for. */
interface Candidate {
  readonly socket: Socket;
  readonly reader: SocketReader;
  readonly auth: ConnectionAuth;
  /** Whether a CONNECT on it has been answered already. */
  readonly reused: boolean;
  /** Whether the next CONNECT must go on this connection. */
  readonly bound: boolean;
}

/**
 * Opens a tunnel through an HTTP proxy by CONNECT (RFC 9110 section 9.3.6), signing in as often as it takes.
 *
 * Only status 200 opens it. Nothing of any other answer is handed on, since the proxy is not the origin: only its status
 * is named in the error.
 *
 * @throws NetError `ERR_TUNNEL_CONNECTION_FAILED` when the proxy refuses or answers something that is no HTTP;
 * `ERR_TIMED_OUT`; `ERR_TOO_MANY_RETRIES`; what `tunnelAuth` threw; the error of the socket.
 */
export async function openTunnel(opening: Opening, options: TunnelOptions): Promise<Tunnel> {
  const { tunnelAuth, oneShotProxies } = options;
  let candidate: Candidate | undefined;
  let suspect = false;

  for (let round = 0; round < MAX_ROUNDS; round++) {
    candidate ??= await open(options);
    const authorization = await ask(opening, tunnelAuth?.header(candidate.auth, opening.signal));
    let head: ResponseHead;
    try {
      head = await exchange(opening, candidate, authorization, options);
    } catch (error) {
      opening.drop(candidate.socket);
      candidate = undefined;
      if (error instanceof NotGoingOn) suspect = true;
      else if (opening.signal.aborted || !isLostConnection(error)) throw error;
      else if (authorization === undefined || !tunnelAuth?.restart()) throw opening.socketError(error, 'tunnel');
      continue;
    }
    if (suspect && !candidate.reused) oneShotProxies.add(describeProxy(options.proxy));
    suspect = false;

    if (head.status === 200) return finish(opening, candidate, head, tunnelAuth);
    if (head.status !== 407) throw refused(opening, `the proxy answered CONNECT with status ${head.status}`);
    if (tunnelAuth === undefined) {
      throw opening.error('ERR_PROXY_AUTH_REQUESTED', 'the proxy asks for sign-in and none is configured');
    }
    candidate = await challenged(opening, candidate, head, tunnelAuth, options);
  }
  throw opening.error('ERR_TOO_MANY_RETRIES', `${MAX_ROUNDS} rounds of sign-in at the proxy`);
}

async function open({ connectProxy }: TunnelOptions): Promise<Candidate> {
  const socket = await connectProxy();
  const reader = new SocketReader(socket);
  return { socket, reader, auth: new ConnectionAuth(socket), reused: false, bound: false };
}

/** Sends CONNECT and reads the head of the answer. */
function exchange(
  opening: Opening,
  { socket, reader, reused, bound }: Candidate,
  authorization: string | undefined,
  { destination, userAgent, tunnelMs }: TunnelOptions,
): Promise<ResponseHead> {
  socket.write(tunnelHead(destination, { userAgent, authorization }), 'latin1');
  const patience = reused && !bound ? Math.min(GOES_ON_WITHIN, tunnelMs) : tunnelMs;
  return opening.wait(readResponseHead(reader, opening.place), patience, () =>
    patience < tunnelMs
      ? new NotGoingOn()
      : opening.error('ERR_TIMED_OUT', `no answer to CONNECT within ${tunnelMs} ms`),
  );
}

async function finish(
  opening: Opening,
  { socket, reader, auth }: Candidate,
  head: ResponseHead,
  tunnelAuth: TunnelAuth | undefined,
): Promise<Tunnel> {
  if (reader.hasRest)
    throw refused(opening, 'the proxy sent bytes after the head of its 200, before the origin was spoken to');
  reader.detach();
  await ask(opening, tunnelAuth?.succeeded(head.status, visible(head.headers), auth));
  return { socket, auth };
}

/** Hands a 407 to sign-in. Returns the connection for the next CONNECT if it may go on the same. */
async function challenged(
  opening: Opening,
  candidate: Candidate,
  head: ResponseHead,
  tunnelAuth: TunnelAuth,
  { proxy, oneShotProxies, tunnelMs }: TunnelOptions,
): Promise<Candidate | undefined> {
  const drained = drainBody(candidate.reader, head);
  const answer = tunnelAuth.challenged(visible(head.headers), candidate.auth, opening.signal);
  const grace = tunnelAuth.holding
    ? undefined
    : opening.clock.setTimeout(() => opening.drop(candidate.socket), HELD_WHILE_ASKING);
  const next = await ask(opening, answer).finally(() => grace?.cancel());

  const bound = next === 'same';
  const patience = bound ? tunnelMs : Math.min(GOES_ON_WITHIN, tunnelMs);
  const usable =
    (bound || !oneShotProxies.has(describeProxy(proxy))) &&
    (await opening
      .wait(drained, patience, () => new NotGoingOn())
      .catch((error: unknown) => {
        if (error instanceof NotGoingOn) return false;
        throw error;
      })) &&
    !candidate.reader.ended;
  if (usable) return { ...candidate, reused: true, bound };
  opening.drop(candidate.socket);
  if (bound && !tunnelAuth.restart()) {
    throw opening.error('ERR_CONNECTION_CLOSED', 'the proxy closed the connection between rounds of sign-in');
  }
  return undefined;
}

/** Waits for sign-in without a limit of time: it may be asking a person. */
async function ask<T>(opening: Opening, answer: Promise<T> | undefined): Promise<T | undefined> {
  return answer === undefined ? undefined : opening.wait(answer);
}

/** The fields of an answer to CONNECT that sign-in gets to see. */
const VISIBLE = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-support',
  'persistent-auth',
]);

function visible(headers: TunnelHeaders): TunnelHeaders {
  return headers.flatMap((name, i) => (i % 2 === 0 && VISIBLE.has(name.toLowerCase()) ? [name, headers[i + 1]!] : []));
}

/** Nothing came back after a 407 on the same connection, where a new connection does as well. */
class NotGoingOn extends Error {}

/** Whether the proxy closed or reset the connection instead of answering. */
function isLostConnection(error: unknown): boolean {
  return !isNetError(error) && !(error instanceof TypeError);
}

function refused(opening: Opening, detail: string): NetError {
  return opening.error('ERR_TUNNEL_CONNECTION_FAILED', detail);
}
