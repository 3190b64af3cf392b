import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Engine, EngineEvents, EngineRequest } from './engine.js';
import { H2Exchange, type H2Host } from './h2-exchange.js';

/** Receive windows as large as a browser's: the protocol's own default of 64 KiB halves the speed of a download. */
const STREAM_WINDOW_BYTES = 6 * 1024 * 1024;
const SESSION_WINDOW_BYTES = 15 * 1024 * 1024;
/** Streams that are opened before the peer has said how many it takes. */
const INITIAL_MAX_STREAMS = 100;
/** An idle session is closed after this many ms. */
const IDLE_MS = 300_000;

/** HTTP/2 on one socket. */
export class H2Engine implements Engine, H2Host {
  readonly protocol = 'h2';
  readonly #session: ClientHttp2Session;
  readonly #events: EngineEvents;
  #maxStreams = INITIAL_MAX_STREAMS;
  #active = 0;
  #closed = false;
  #closing = false;
  #lastProcessed = Number.POSITIVE_INFINITY;
  #sessionError: Error | undefined;

  constructor(origin: string, socket: Socket, events: EngineEvents) {
    this.#events = events;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.#session.once('connect', () => {
      // Node tells of a connection that was there also when the session has been destroyed meanwhile.
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    });
    this.#session.on('remoteSettings', (settings) => {
      this.#maxStreams = settings.maxConcurrentStreams ?? INITIAL_MAX_STREAMS;
      this.#events.onCapacity();
    });
    this.#session.on('goaway', (_code, lastStreamId) => {
      this.#lastProcessed = lastStreamId;
      this.close();
    });
    this.#session.on('error', (error) => {
      this.#sessionError ??= error;
    });
    this.#session.on('close', () => this.#onClosed());
    // Nothing idle keeps the process alive; requests do.
    this.#session.unref();
    this.#session.setTimeout(IDLE_MS, () => {
      if (this.#active === 0) this.destroy();
    });
  }

  get alive(): boolean {
    return !this.#closed && !this.#session.closed && !this.#session.destroyed;
  }

  get capacity(): number {
    return Math.max(0, this.#maxStreams - this.#active);
  }

  readonly sentBytes = 0;
  readonly unsentBytes = 0;

  get sessionError(): Error | undefined {
    return this.#sessionError;
  }

  isUnprocessed(stream: ClientHttp2Stream): boolean {
    return (
      stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
      (stream.id ?? Number.POSITIVE_INFINITY) > this.#lastProcessed
    );
  }

  onFinished(): void {
    this.#active -= 1;
    if (this.#active === 0) {
      this.#session.unref();
      if (this.#closing || this.#closed) this.#session.destroy();
    }
    if (this.alive) this.#events.onCapacity();
  }

  send(request: EngineRequest, handler: Dispatcher.DispatchHandler): void {
    if (this.#active === 0) this.#session.ref();
    this.#active += 1;
    new H2Exchange(this, this.#session, request, handler);
  }

  close(): void {
    this.#closing = true;
    if (this.#active === 0) this.destroy();
  }

  destroy(error?: Error): void {
    this.#sessionError ??= error;
    this.#session.destroy(error);
    this.#onClosed();
  }

  #onClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.onClosed();
    if (this.#active === 0) this.#session.destroy();
  }
}
