import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { NetError, type NetErrorCode } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { chunksOf, type WritableBody } from '../body/replay.js';
import type { Engine, EngineEvents, EngineRequest } from './engine.js';
import { exchangeError } from './errors.js';
import { toHttp2 } from './h2-headers.js';

/** Receive windows as large as a browser's: the protocol's own default of 64 KiB halves the speed of a download. */
const STREAM_WINDOW_BYTES = 6 * 1024 * 1024;
const SESSION_WINDOW_BYTES = 15 * 1024 * 1024;
/** Streams that are opened before the peer has said how many it takes. */
const INITIAL_MAX_STREAMS = 100;
/** An idle session is closed after this many ms. */
const IDLE_MS = 300_000;

/** HTTP/2 on one socket. */
export class H2Engine implements Engine {
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
    this.#session.once('connect', () => this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES));
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

  /** What ended the session, for the streams that ended with it. */
  get sessionError(): Error | undefined {
    return this.#sessionError;
  }

  /** Whether the peer has said that it never looked at a stream. */
  isUnprocessed(stream: ClientHttp2Stream): boolean {
    return (
      stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
      (stream.id ?? Number.POSITIVE_INFINITY) > this.#lastProcessed
    );
  }

  send(request: EngineRequest, handler: Dispatcher.DispatchHandler): void {
    if (this.#active === 0) this.#session.ref();
    this.#active += 1;
    new H2Exchange(this, this.#session, request, handler, () => this.#onFinished());
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

  #onFinished(): void {
    this.#active -= 1;
    if (this.#active === 0) {
      this.#session.unref();
      if (this.#closing || this.#closed) this.#session.destroy();
    }
    if (this.alive) this.#events.onCapacity();
  }

  #onClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.onClosed();
    if (this.#active === 0) this.#session.destroy();
  }
}

/** One request as a stream of a session. */
class H2Exchange implements Dispatcher.DispatchController {
  readonly #engine: H2Engine;
  readonly #request: EngineRequest;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #finished: () => void;
  #stream: ClientHttp2Stream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trailers: Record<string, string | string[]> = {};
  #responded = false;
  #done = false;
  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(
    engine: H2Engine,
    session: ClientHttp2Session,
    request: EngineRequest,
    handler: Dispatcher.DispatchHandler,
    finished: () => void,
  ) {
    this.#engine = engine;
    this.#request = request;
    this.#handler = handler;
    this.#finished = finished;
    handler.onRequestStart?.(this, undefined);
    if (this.aborted) return;
    try {
      const { headers, body } = toHttp2(request);
      const stream = session.request(headers, { endStream: body === null });
      this.#stream = stream;
      this.#listen(stream);
      if (body !== null) void this.#upload(stream, body);
      this.#limit(request.headersTimeout);
    } catch (error) {
      // A session that closes refuses new streams by throwing: nothing of the request has been sent.
      queueMicrotask(() =>
        this.#fail(isSessionGone(error) ? this.#error('ERR_HTTP2_SERVER_REFUSED_STREAM') : (error as Error)),
      );
    }
  }

  pause(): void {
    this.paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#timer?.refresh();
    this.#stream?.resume();
  }

  abort(reason: Error): void {
    if (this.aborted || this.#done) return;
    this.aborted = true;
    this.reason = reason;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    queueMicrotask(() => this.#fail(reason));
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('headers', (headers) => this.#onHead(headers));
    stream.on('response', (headers) => {
      this.#responded = true;
      this.#limit(this.#request.bodyTimeout);
      // Node emits the head on a later tick than data that came with it, so data is asked for from here on only.
      stream.on('data', (chunk: Buffer) => {
        this.#timer?.refresh();
        if (!this.#done) this.#handler.onResponseData?.(this, chunk);
      });
      this.#onHead(headers);
      if (this.paused) stream.pause();
    });
    stream.on('trailers', (headers) => {
      this.#trailers = withoutPseudoHeaders(headers);
    });
    stream.on('end', () => this.#onEnd(stream));
    stream.on('error', (error) => this.#fail(this.#describe(stream, error)));
    stream.on('close', () => {
      if (!this.#done) this.#fail(this.#describe(stream, this.#engine.sessionError));
    });
  }

  #onHead(headers: IncomingHttpHeaders & { ':status'?: number | string | undefined }): void {
    if (this.#done) return;
    this.#handler.onResponseStart?.(this, Number(headers[':status']), withoutPseudoHeaders(headers), '');
  }

  /** Node ends the stream also when it was reset, so the end counts only for a stream that came to it by itself. */
  #onEnd(stream: ClientHttp2Stream): void {
    if (this.#done || !this.#responded || stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
    this.#settle();
    this.#handler.onResponseEnd?.(this, this.#trailers);
    if (!stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  async #upload(stream: ClientHttp2Stream, body: Exclude<WritableBody, null>): Promise<void> {
    if (body instanceof Uint8Array) {
      stream.end(body);
      return;
    }
    try {
      for await (const chunk of chunksOf(body)) {
        if (stream.destroyed || this.#done) return;
        if (!stream.write(chunk)) await drained(stream);
        this.#timer?.refresh();
      }
      stream.end();
    } catch (error) {
      stream.close(constants.NGHTTP2_CANCEL);
      this.#fail(error as Error);
    }
  }

  #limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (ms <= 0 || this.#done) return;
    this.#timer = setTimeout(() => {
      // A peer cannot go on while it is the caller who does not read.
      if (this.paused) this.#timer?.refresh();
      else this.abort(this.#error('ERR_TIMED_OUT'));
    }, ms);
    this.#timer.unref();
  }

  #describe(stream: ClientHttp2Stream, error: unknown): Error {
    if (this.aborted) return this.reason as Error;
    if (this.#engine.isUnprocessed(stream)) return this.#error('ERR_HTTP2_SERVER_REFUSED_STREAM', error);
    if (stream.rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) return this.#error('ERR_HTTP_1_1_REQUIRED', error);
    const socketCode = (this.#engine.sessionError as { code?: string } | undefined)?.code;
    if (socketCode === 'ECONNRESET') return this.#error('ERR_CONNECTION_RESET', error);
    if (error !== undefined && error !== null) {
      return exchangeError(error, { responded: this.#responded, framing: undefined }, { url: this.#request.origin });
    }
    return this.#error(this.#responded ? 'ERR_CONNECTION_CLOSED' : 'ERR_EMPTY_RESPONSE');
  }

  #error(code: NetErrorCode, cause?: unknown): NetError {
    return new NetError(code, { url: this.#request.origin, cause });
  }

  #settle(): void {
    this.#done = true;
    clearTimeout(this.#timer);
    this.#finished();
  }

  #fail(error: Error): void {
    if (this.#done) return;
    this.#settle();
    this.#handler.onResponseError?.(this, error);
  }
}

function drained(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

function withoutPseudoHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && name.charCodeAt(0) !== 0x3a) plain[name] = value;
  }
  return plain;
}

function isSessionGone(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code;
  return (
    code === 'ERR_HTTP2_INVALID_SESSION' || code === 'ERR_HTTP2_GOAWAY_SESSION' || code === 'ERR_HTTP2_OUT_OF_STREAMS'
  );
}
