import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { NetError, type NetErrorCode } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { chunksOf, type WritableBody } from '../body/replay.js';
import type { EngineRequest } from './engine.js';
import { exchangeError } from './errors.js';
import { toHttp2 } from './h2-headers.js';

type Head = IncomingHttpHeaders & { ':status'?: number | string | undefined };

/** What an exchange needs of its session. */
export interface H2Host {
  /** What ended the session, for the streams that ended with it. */
  readonly sessionError: Error | undefined;
  /** Whether the peer has said that it never looked at a stream. */
  isUnprocessed(stream: ClientHttp2Stream): boolean;
  /** An exchange has ended, one way or the other. */
  onFinished(): void;
}

const EXCHANGE = Symbol('netloom.exchange');

/**
 * Node's `request` binds a function to an AsyncResource, by which V8 keeps the stream, and all that its listeners refer
 * to, until the next full garbage collection. So listeners are the same for all streams, and a stream refers to its
 * exchange only as long as that lasts.
 */
interface Stream extends ClientHttp2Stream {
  [EXCHANGE]?: H2Exchange | undefined;
}

/** One request as a stream of a session. */
export class H2Exchange implements Dispatcher.DispatchController {
  readonly #host: H2Host;
  readonly #request: EngineRequest;
  readonly #handler: Dispatcher.DispatchHandler;
  #stream: Stream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trailers: Record<string, string | string[]> = {};
  #responded = false;
  #done = false;
  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(host: H2Host, session: ClientHttp2Session, request: EngineRequest, handler: Dispatcher.DispatchHandler) {
    this.#host = host;
    this.#request = request;
    this.#handler = handler;
    handler.onRequestStart?.(this, undefined);
    if (this.aborted) return;
    try {
      const { headers, body } = toHttp2(request);
      const stream: Stream = session.request(headers, { endStream: body === null });
      this.#stream = stream;
      stream[EXCHANGE] = this;
      listen(stream);
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

  onResponse(stream: Stream, headers: Head): void {
    this.#responded = true;
    this.#limit(this.#request.bodyTimeout);
    // Node emits the head on a later tick than data that came with it, so data is asked for from here on only.
    stream.on('data', onData);
    this.onHead(headers);
    if (this.paused) stream.pause();
  }

  onData(chunk: Buffer): void {
    this.#timer?.refresh();
    this.#handler.onResponseData?.(this, chunk);
  }

  onTrailers(headers: IncomingHttpHeaders): void {
    this.#trailers = withoutPseudoHeaders(headers);
  }

  onError(stream: Stream, error: unknown = this.#host.sessionError): void {
    this.#fail(this.#describe(stream, error));
  }

  onHead(headers: Head): void {
    this.#handler.onResponseStart?.(this, Number(headers[':status']), withoutPseudoHeaders(headers), '');
  }

  /** Node ends the stream also when it was reset, so the end counts only for a stream that came to it by itself. */
  onEnd(stream: Stream): void {
    if (!this.#responded || stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
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
    if (this.#host.isUnprocessed(stream)) return this.#error('ERR_HTTP2_SERVER_REFUSED_STREAM', error);
    if (stream.rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) return this.#error('ERR_HTTP_1_1_REQUIRED', error);
    const socketCode = (this.#host.sessionError as { code?: string } | undefined)?.code;
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
    if (this.#stream !== undefined) this.#stream[EXCHANGE] = undefined;
    this.#host.onFinished();
  }

  #fail(error: Error): void {
    if (this.#done) return;
    this.#settle();
    this.#handler.onResponseError?.(this, error);
  }
}

function listen(stream: Stream): void {
  stream.on('headers', onHeaders);
  stream.on('response', onResponse);
  stream.on('trailers', onTrailers);
  stream.on('end', onEnd);
  stream.on('error', onError);
  stream.on('close', onClose);
}

function onHeaders(this: Stream, headers: Head): void {
  this[EXCHANGE]?.onHead(headers);
}

function onResponse(this: Stream, headers: Head): void {
  this[EXCHANGE]?.onResponse(this, headers);
}

function onData(this: Stream, chunk: Buffer): void {
  this[EXCHANGE]?.onData(chunk);
}

function onTrailers(this: Stream, headers: IncomingHttpHeaders): void {
  this[EXCHANGE]?.onTrailers(headers);
}

function onEnd(this: Stream): void {
  this[EXCHANGE]?.onEnd(this);
}

function onError(this: Stream, error: Error): void {
  this[EXCHANGE]?.onError(this, error);
}

function onClose(this: Stream): void {
  this[EXCHANGE]?.onError(this);
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
