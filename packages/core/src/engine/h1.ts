import type { Socket } from 'node:net';
import { NetError } from '@netloom/contracts';
import type { buildConnector, Dispatcher } from 'undici';
import { failureOf } from '../connect/opening.js';
import { tlsAlertCode } from '../tls/tls-alerts.js';
import type { Engine, EngineEvents, EngineRequest } from './engine.js';
import { exchangeError } from './errors.js';
import { Client, parseHeaders } from './undici-client.js';

/** Idle connections are kept this long, in ms, unless the peer says less. */
const KEEP_ALIVE_MS = 300_000;
/** A response head may have this many bytes. */
const MAX_HEAD_BYTES = 256 * 1024;

/** What undici is told of the end of a connection that nobody uses: no request hears it. */
const UNUSED = new NetError('ERR_CONNECTION_CLOSED');

/** Calls in the same turn, as queueMicrotask does, which makes an async resource each time besides. */
const NEXT = Promise.resolve();

/**
 * HTTP/1.1 on one socket, spoken by an undici Client that is given exactly that socket and no other: when the socket is
 * gone, so is the client, and nothing reconnects silently.
 */
export class H1Engine implements Engine {
  readonly protocol = 'http/1.1';
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #events: EngineEvents;
  #active = 0;
  #sentBefore = 0;
  #upgrading = false;
  #used = false;
  /** Somebody else speaks on the socket, which counts as a connection until it closes. */
  #handedOver = false;
  #closed = false;
  #closing = false;

  constructor(origin: string, socket: Socket, events: EngineEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#client = new Client(origin, {
      connect: onlyOnce(socket),
      pipelining: 1,
      maxHeaderSize: MAX_HEAD_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: 2 * KEEP_ALIVE_MS,
      // A server that promises one second more is believed: it may be in the middle of a sign-in.
      keepAliveTimeoutThreshold: 0,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', () => {
      // undici lets go of a socket whose protocol changes in the same way as of one that was closed.
      this.#handedOver = this.#upgrading && !socket.destroyed;
      if (!this.#handedOver) this.#onClosed();
    });
    socket.once('close', () => this.#onClosed());
    // From its first request on, undici sees to both.
    socket.unref();
    socket.setTimeout(KEEP_ALIVE_MS, this.#onNeverUsed);
  }

  get alive(): boolean {
    return !this.#closed && !this.#handedOver && !this.#socket.destroyed;
  }

  get capacity(): number {
    return this.#active > 0 ? 0 : 1;
  }

  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#sentBefore;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  send(request: EngineRequest, handler: Dispatcher.DispatchHandler): void {
    this.#active += 1;
    this.#upgrading = request.upgrade !== undefined;
    this.#sentBefore = this.#socket.bytesWritten;
    if (!this.#used) this.#firstUse();
    const exchange = new H1Exchange(this.#socket, request, handler, () => this.#onFinished());
    let body: ReturnType<NonNullable<EngineRequest['body']>['open']>;
    try {
      body = request.body?.open() ?? null;
    } catch (error) {
      exchange.onError(error as Error);
      return;
    }
    this.#client.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: body as Dispatcher.DispatchOptions['body'] & null,
        upgrade: request.upgrade ?? null,
        headersTimeout: request.headersTimeout,
        bodyTimeout: request.bodyTimeout,
        // Without this undici closes the connection after a HEAD, and after a body on GET.
        reset: false,
      },
      exchange as unknown as Dispatcher.DispatchHandler,
    );
  }

  #firstUse(): void {
    this.#used = true;
    this.#socket.ref();
    this.#socket.setTimeout(0, this.#onNeverUsed);
  }

  readonly #onNeverUsed = () => this.destroy();

  close(): void {
    this.#closing = true;
    if (this.#handedOver) this.#onClosed();
    else if (this.#active === 0) this.destroy();
  }

  destroy(error?: Error): void {
    // A socket that is destroyed with an error has its stack made into text, which costs more than all the rest.
    if (this.#active === 0) this.#socket.destroy();
    this.#onClosed(error);
    this.#socket.destroy();
  }

  /** undici settles the fate of the socket right after it has told of the end, in the same turn. */
  #onFinished(): void {
    void NEXT.then(this.#afterEnd);
  }

  readonly #afterEnd = () => {
    this.#active -= 1;
    if (this.#closing && this.#active === 0) this.destroy();
    else if (this.alive) this.#events.onCapacity();
    else this.#onClosed();
  };

  #onClosed(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    // A request that is under way fails by the error, and so by one of its own.
    const reason = this.#active > 0 ? (error ?? new NetError('ERR_CONNECTION_CLOSED')) : UNUSED;
    this.#client.destroy(reason, () => undefined);
    this.#events.onClosed();
  }
}

/** undici asks for a connection when it first needs one and whenever it has lost it. */
function onlyOnce(socket: Socket) {
  let given = false;
  const connector: buildConnector.connector = (_options, callback) =>
    // A callback in the same turn would leave the first request unwritten.
    queueMicrotask(() => {
      if (given || socket.destroyed) {
        callback(new NetError('ERR_CONNECTION_CLOSED'), null);
        return;
      }
      given = true;
      callback(null, socket);
    });
  return connector;
}

/** One request on a client. It is undici's handler below, in the style without a controller, and the controller above. */
class H1Exchange implements Dispatcher.DispatchController {
  readonly #socket: Socket;
  readonly #request: EngineRequest;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #finished: () => void;
  #abort: ((reason: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #framing: 'chunked' | 'content-length' | 'until-close' | undefined;
  #done = false;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: Buffer[] | null = null;
  rawTrailers: Buffer[] | null = null;

  constructor(socket: Socket, request: EngineRequest, handler: Dispatcher.DispatchHandler, finished: () => void) {
    this.#socket = socket;
    this.#request = request;
    this.#handler = handler;
    this.#finished = finished;
    handler.onRequestStart?.(this, undefined);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#resume?.();
  }

  abort(reason: Error): void {
    if (this.aborted || this.#done) return;
    this.aborted = true;
    this.reason = reason;
    this.#abort?.(reason);
  }

  onConnect(abort: (reason: Error) => void): void {
    this.#abort = abort;
    if (this.aborted) abort(this.reason as Error);
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, statusMessage: string): boolean {
    this.#resume = resume;
    this.rawHeaders = rawHeaders;
    const headers = parseHeaders(rawHeaders);
    if (status >= 200) this.#framing = framingOf(headers);
    this.#handler.onResponseStart?.(this, status, headers, statusMessage);
    return !this.paused;
  }

  onData(chunk: Buffer): boolean {
    this.#handler.onResponseData?.(this, chunk);
    return !this.paused;
  }

  onComplete(rawTrailers: Buffer[]): void {
    this.#done = true;
    this.rawTrailers = rawTrailers;
    this.#finished();
    this.#handler.onResponseEnd?.(this, rawTrailers.length > 0 ? parseHeaders(rawTrailers) : {});
  }

  onUpgrade(status: number, rawHeaders: Buffer[], socket: Socket): void {
    this.#done = true;
    this.rawHeaders = rawHeaders;
    this.#handler.onRequestUpgrade?.(this, status, parseHeaders(rawHeaders), socket);
  }

  onError(error: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#finished();
    this.#handler.onResponseError?.(this, this.#describe(error));
  }

  /** A caller's own reason and an error of the body's source are passed on as they are. */
  #describe(error: Error): Error {
    if (this.aborted) return this.reason as Error;
    if (this.#request.body?.failure === error && error !== undefined) return error;
    const state = { responded: this.#framing !== undefined, framing: this.#framing };
    // undici tells of the end of the connection, not of the alert that came before it.
    const failure = failureOf(this.#socket);
    const cause = tlsAlertCode(failure) === undefined ? error : failure;
    return exchangeError(cause, state, { url: this.#request.origin });
  }
}

function framingOf(headers: Record<string, string | string[]>): 'chunked' | 'content-length' | 'until-close' {
  if (headers['transfer-encoding'] !== undefined) return 'chunked';
  return headers['content-length'] === undefined ? 'until-close' : 'content-length';
}
