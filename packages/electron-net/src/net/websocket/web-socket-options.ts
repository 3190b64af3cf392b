import { parseUrl } from '@netloom/contracts';
import type { Session } from '../../session/session.js';
import { type HeaderEntries, headerText, isToken, toHeaderEntries } from '../request-headers.js';

/** What a {@link WebSocket} may be made with. */
export interface WebSocketOptions {
  /**
   * Fields to send with the handshake. Those that the network stack sets itself, such as `Host`, `Connection` and
   * `Sec-WebSocket-*`, fail it with `net::ERR_INVALID_ARGUMENT`.
   */
  headers?: Record<string, string>;
  /**
   * The origin on whose behalf the connection is made, for the `Origin` field. A path is dropped. Default: that of the
   * URL, with `http` for `ws` and `https` for `wss`.
   */
  origin?: string;
  /** Name of the session, see {@link SessionModule.fromPartition}. Default: the default session. */
  partition?: string;
  /** Subprotocols to choose from, the best one first. */
  protocols?: string | string[];
  /** Session to connect in. Default: that of `partition`. */
  session?: Session;
  /** Whether the session's cookies go along with the handshake, and those of its answer are kept. Default false. */
  useSessionCookies?: boolean;
}

/** A WebSocket as it was asked for. */
export interface WebSocketRequest {
  /** A `ws:` or `wss:` URL. */
  readonly url: Readonly<URL>;
  readonly protocols: readonly string[];
  readonly headers: HeaderEntries;
  /** Value of the `Origin` field. */
  readonly origin: string;
  readonly session: Session | undefined;
  readonly partition: string | undefined;
  readonly useSessionCookies: boolean;
}

/**
 * Reads the arguments of the constructor.
 *
 * @throws DOMException `SyntaxError` for a URL or subprotocols that are none; TypeError for options of a wrong type.
 */
export function parseWebSocketOptions(given: string, second?: string | string[] | WebSocketOptions): WebSocketRequest {
  const url = webSocketUrl(given);
  const options = optionsOf(second);
  const { protocols, headers, origin, partition, session } = options;
  if (headers !== undefined && headers !== null && typeof headers !== 'object') {
    throw new TypeError('headers must be an object');
  }
  if (origin && typeof origin !== 'string') throw new TypeError('`origin` should be a string');
  if (!session && partition && typeof partition !== 'string') throw new TypeError('`partition` should be a string');
  const entries = toHeaderEntries(headers ?? undefined);
  return {
    url,
    protocols: protocolsOf(protocols),
    headers: entries,
    origin: originField(origin || headerText({ headers: entries }, 'origin') || url.href.replace(/^ws/, 'http')),
    session,
    partition,
    useSessionCookies: options.useSessionCookies === true,
  };
}

/** The URL of a WebSocket (WHATWG WebSockets section 3.1); those of http and https are taken for ws and wss. */
function webSocketUrl(given: string): URL {
  const url = parseUrl(String(given));
  if (url === undefined) throw syntaxError(`The URL '${given}' is invalid.`);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    const schemes = "'http', 'https', 'ws', or 'wss'";
    throw syntaxError(`The URL's scheme must be either ${schemes}. '${url.protocol.slice(0, -1)}' is not allowed.`);
  }
  // An empty fragment is one, too, but not in `hash`.
  if (url.href.includes('#')) {
    throw syntaxError(
      'The URL contains a fragment identifier. Fragment identifiers are not allowed in WebSocket URLs.',
    );
  }
  return url;
}

function optionsOf(given: unknown): WebSocketOptions {
  if (given === undefined || given === null) return {};
  if (typeof given === 'string') return { protocols: given };
  if (typeof given !== 'object') {
    throw new TypeError(`a WebSocket takes subprotocols or an object with options; got ${typeof given}`);
  }
  return Symbol.iterator in given ? { protocols: [...(given as Iterable<string>)] } : given;
}

function protocolsOf(given: string | string[] | undefined): string[] {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'string' && typeof given[Symbol.iterator] !== 'function') {
    throw new TypeError('`protocols` should be a string or an array of strings');
  }
  const protocols = (typeof given === 'string' ? [given] : [...given]).map(String);
  const known = new Set<string>();
  for (const protocol of protocols) {
    if (!isToken(protocol)) throw syntaxError(`The subprotocol '${protocol}' is invalid.`);
    if (known.has(protocol.toLowerCase())) throw syntaxError(`The subprotocol '${protocol}' is duplicated.`);
    known.add(protocol.toLowerCase());
  }
  return protocols;
}

/** The origin of a URL as a field says it; `null` for what has none, as the standard serialises it. */
function originField(text: string): string {
  const url = parseUrl(text);
  if (url === undefined) return 'null';
  // Programs have schemes of their own, which are origins for Chromium and not for URL.
  return url.origin === 'null' && url.host !== '' ? `${url.protocol}//${url.host}` : url.origin;
}

function syntaxError(message: string): DOMException {
  return new DOMException(`Failed to construct 'WebSocket': ${message}`, 'SyntaxError');
}
