import type { Duplex } from 'node:stream';
import { NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { type ContentCoding, createDecoders } from '../http/content-coding.js';
import type { HeaderFields } from '../http/headers.js';
import type { AnyOptions } from './internal.js';
import { addressOf } from './request-url.js';

type Controller = Dispatcher.DispatchController;

/**
 * The body of one answer on its way through the decoders. It is also the controller that the layers above see: a pause
 * holds the decoders, and full decoders hold the connection.
 */
export class Decoding implements Controller {
  readonly #codings: readonly ContentCoding[];
  readonly #source: Controller;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #request: AnyOptions;
  #decoders: Duplex[] | undefined;
  #trailers: HeaderFields | undefined;
  #decoded = false;
  #ended = false;
  #reason: Error | null = null;
  #paused = false;

  constructor(
    codings: readonly ContentCoding[],
    source: Controller,
    handler: Dispatcher.DispatchHandler,
    request: AnyOptions,
  ) {
    this.#codings = codings;
    this.#source = source;
    this.#handler = handler;
    this.#request = request;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get aborted(): boolean {
    return this.#reason !== null || this.#source.aborted;
  }

  get reason(): Error | null {
    return this.#reason ?? this.#source.reason;
  }

  /** As received, the content coding included. */
  get rawHeaders(): Exclude<Controller['rawHeaders'], undefined> {
    return this.#source.rawHeaders ?? null;
  }

  get rawTrailers(): Exclude<Controller['rawTrailers'], undefined> {
    return this.#source.rawTrailers ?? null;
  }

  pause(): void {
    this.#paused = true;
    if (this.#decoders === undefined) this.#source.pause();
    else this.#decoders.at(-1)?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#decoders === undefined) this.#source.resume();
    else this.#decoders.at(-1)?.resume();
    this.#finishIfDone();
  }

  abort(reason: Error): void {
    if (this.#ended || this.aborted) return;
    this.#reason = reason;
    this.fail(reason);
  }

  /** Takes a piece of the coded body. */
  write(chunk: Buffer): void {
    if (this.#ended || this.#decoded || chunk.length === 0) return;
    // An empty body is valid in every coding, so that nothing is decoded before there is something.
    this.#decoders ??= this.#open();
    if (!(this.#decoders[0] as Duplex).write(chunk)) this.#source.pause();
  }

  /** The coded body has ended. */
  end(trailers: HeaderFields): void {
    if (this.#ended) return;
    this.#trailers = trailers;
    if (this.#decoders === undefined) this.#decoded = true;
    else if (!this.#decoded) this.#decoders[0]?.end();
    this.#finishIfDone();
  }

  /** Ends with an error: of the connection, of the decoders, or the caller's own. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const decoder of this.#decoders ?? []) decoder.destroy();
    if (this.#trailers === undefined && !this.#source.aborted) this.#source.abort(error);
    this.#handler.onResponseError?.(this, error);
  }

  #open(): Duplex[] {
    const decoders = createDecoders(this.#codings);
    const [first, last] = [decoders[0] as Duplex, decoders.at(-1) as Duplex];
    const onError = (cause: Error) =>
      this.fail(new NetError('ERR_CONTENT_DECODING_FAILED', { url: addressOf(this.#request), cause }));
    for (const decoder of decoders) decoder.on('error', onError);
    decoders.reduce((from, to) => from.pipe(to));
    first.on('drain', () => this.#source.resume());
    last.on('data', (chunk: Buffer) => this.#pass(chunk));
    last.on('end', () => {
      this.#decoded = true;
      // What follows the coded data is of no interest, but its end is.
      this.#source.resume();
      this.#finishIfDone();
    });
    if (this.#paused) last.pause();
    return decoders;
  }

  #pass(chunk: Buffer): void {
    try {
      this.#handler.onResponseData?.(this, chunk);
    } catch (error) {
      this.abort(error as Error);
    }
  }

  #finishIfDone(): void {
    if (!this.#decoded || this.#trailers === undefined || this.#ended || this.#paused) return;
    this.#ended = true;
    try {
      this.#handler.onResponseEnd?.(this, this.#trailers as never);
    } catch (error) {
      this.#handler.onResponseError?.(this, error as Error);
    }
  }
}
