import type { IncomingHttpHeaders } from 'node:http';
import { type CredentialsProvider, DIRECT, type ProxyRoute } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import type { PromptContext } from '../auth/prompts.js';
import type { ReplayBody } from '../body/replay.js';
import type { Connection } from './connection.js';
import type { Linked } from './linked-list.js';

/** The field of dispatch options in which a transaction travels down the layers. */
export const TRANSACTION = Symbol('netloom.transaction');

/** Signs a transaction's requests in. Set by the sign-in layer, asked by the pool. */
export interface TransactionAuth {
  /** Identities that a signed-in connection has to bear to serve this transaction; undefined: none. */
  serverIdentity(): string | undefined;
  proxyIdentity(): string | undefined;
  /** Scheme in use at each target, in lower case; undefined: none. */
  readonly serverScheme: string | undefined;
  readonly proxyScheme: string | undefined;
  /** The questions to the user that wait for this request's answer. */
  readonly promptContext: PromptContext;
  /** Who is asked on behalf of this request, instead of the client's provider. */
  readonly asks: CredentialsProvider | undefined;
  /**
   * Header fields that sign the request in on this connection, as a flat list; undefined: none. Sync while nothing is
   * known about the targets.
   */
  headers(connection: Connection): string[] | undefined | Promise<string[] | undefined>;
  /**
   * Status of the challenge that is bound to answer these fields, so that the request goes without its body; undefined
   * where it goes as it is.
   */
  awaitedChallenge(connection: Connection): 401 | 407 | undefined;
}

type RawHeaders = Exclude<Dispatcher.DispatchController['rawHeaders'], undefined>;

/**
 * One request on its way, through all of its attempts: from the sign-in layer down to the end of the answer. It is also
 * the controller that the layers above see, whatever connection serves the request at the moment.
 */
export class Transaction implements Dispatcher.DispatchController, Linked<Transaction> {
  list: object | undefined;
  before: Transaction | undefined;
  after: Transaction | undefined;
  /** The route that was chosen for all attempts. */
  route: ProxyRoute = DIRECT;
  /** The route was chosen by a resolver, and is not to be asked for again. */
  routed = false;
  auth: TransactionAuth | undefined;
  /** The connection that the next attempt has to go to, because a sign-in is under way on it. */
  held: Connection | undefined;
  /** The connection that served the last attempt, or serves this one. */
  connection: Connection | undefined;
  /** The peer cannot be spoken to over HTTP/2 in this transaction. */
  http1Only = false;
  /** Bytes of the request may have reached the peer: no other route may be tried. */
  bytesSent = false;
  /** The attempt went without its body, and can only be answered by a challenge of this status. */
  awaitedChallenge: 401 | 407 | undefined;
  /** It was sent again once because a reused connection failed. */
  resent = false;
  /** No credentials are to be sent to the server, and none of its signed-in connections used. */
  readonly privacy: boolean;
  readonly body: ReplayBody | undefined;

  aborted = false;
  reason: Error | null = null;
  /** The fields that were parsed from `rawHeaders`: a layer that changes fields passes on another object. */
  headers: IncomingHttpHeaders | undefined;
  rawHeaders: RawHeaders = null;
  rawTrailers: RawHeaders = null;
  #paused = false;
  #engine: Dispatcher.DispatchController | undefined;
  #cancel: ((reason: Error) => void) | undefined;
  #signal: AbortController | undefined;

  constructor(body: ReplayBody | undefined, privacy: boolean) {
    this.body = body;
    this.privacy = privacy;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Fires when the request is aborted. Made when first asked for. */
  get signal(): AbortSignal {
    this.#signal ??= new AbortController();
    if (this.aborted) this.#signal.abort(this.reason);
    return this.#signal.signal;
  }

  /** What ends the transaction while no engine works on it; undefined while one does. */
  onCancel(cancel: ((reason: Error) => void) | undefined): void {
    this.#cancel = cancel;
    if (this.aborted && cancel !== undefined) cancel(this.reason as Error);
  }

  /** The engine's controller of the attempt that begins; undefined when it has ended. */
  attach(engine: Dispatcher.DispatchController | undefined): void {
    this.#engine = engine;
    if (engine === undefined) return;
    this.#cancel = undefined;
    if (this.aborted) engine.abort(this.reason as Error);
    else if (this.#paused) engine.pause();
  }

  /** Ends the attempt that an engine works on, not the transaction. */
  dropAttempt(reason: Error): void {
    this.#engine?.abort(reason);
  }

  pause(): void {
    this.#paused = true;
    this.#engine?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#engine?.resume();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason ?? new DOMException('This operation was aborted', 'AbortError');
    this.#signal?.abort(this.reason);
    if (this.#engine !== undefined) {
      this.#engine.abort(this.reason as Error);
      return;
    }
    const cancel = this.#cancel;
    this.#cancel = undefined;
    cancel?.(this.reason as Error);
  }
}

/** Dispatch options with the fields that netloom's layers add. */
export type LayerOptions = Dispatcher.DispatchOptions & { [TRANSACTION]?: Transaction | undefined };
