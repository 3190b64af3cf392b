import type { Dispatcher } from 'undici';
import type { ReplayBody } from '../body/replay.js';

/** A request as an engine sends it. */
export interface EngineRequest {
  /** `scheme://host[:port]` of the origin. */
  readonly origin: string;
  /** Path with query, or the absolute URL for a request over an HTTP proxy. */
  readonly path: string;
  readonly method: string;
  /** Flat list of name and value, complete and checked. */
  readonly headers: string[];
  readonly body: ReplayBody | undefined;
  /** Protocol to upgrade to, such as `websocket`. */
  readonly upgrade: string | undefined;
  /** Milliseconds until the response head; 0: no limit. */
  readonly headersTimeout: number;
  /** Milliseconds between two pieces of the body; 0: no limit. */
  readonly bodyTimeout: number;
}

/** Speaks HTTP on one connection. */
export interface Engine {
  readonly protocol: 'h2' | 'http/1.1';
  /** Whether further requests may be sent. */
  readonly alive: boolean;
  /** How many requests may be sent now. */
  readonly capacity: number;
  /** Bytes of the last request that were given to the socket; 0 where a request does not hold up those after it. */
  readonly sentBytes: number;
  /** Bytes that the socket has not passed on to the system yet; 0 where a request does not hold up those after it. */
  readonly unsentBytes: number;
  /**
   * Sends a request. The handler hears of everything that happens to it, errors as NetError. `onRequestStart` is called
   * before anything else, with the controller that pauses, resumes and aborts.
   */
  send(request: EngineRequest, handler: Dispatcher.DispatchHandler): void;
  /** Closes the connection once nothing is in flight. */
  close(): void;
  /** Closes the connection at once; what is in flight fails. */
  destroy(error?: Error): void;
}

/** What an engine tells the connection that it serves. */
export interface EngineEvents {
  /** The connection can take no further request: closed by the peer, by an error or by {@link Engine.destroy}. */
  onClosed(): void;
  /** There may be more capacity than before. */
  onCapacity(): void;
}
