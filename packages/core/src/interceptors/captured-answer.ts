import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Transaction } from '../pool/transaction.js';

/** Bytes of an answer that are kept or drained while sign-in decides about it. */
const MAX_BYTES = 1024 * 1024;

/**
 * A 401 or 407 whose body is kept while sign-in decides, so that no connection waits for a person. When the request is
 * sent again the rest of the body is drained; when not, the answer is delivered as if nothing had been.
 */
export class CapturedAnswer {
  readonly #transaction: Transaction;
  readonly #status: number;
  readonly #headers: IncomingHttpHeaders;
  readonly #message: string | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #rawHeaders: Transaction['rawHeaders'];
  #size = 0;
  #draining = false;
  #trailers: IncomingHttpHeaders | undefined;
  #error: Error | undefined;
  #onEnd: (() => void) | undefined;

  constructor(transaction: Transaction, status: number, headers: IncomingHttpHeaders, message: string | undefined) {
    this.#transaction = transaction;
    this.#rawHeaders = transaction.rawHeaders;
    this.#status = status;
    this.#headers = headers;
    this.#message = message;
  }

  get ended(): boolean {
    return this.#trailers !== undefined || this.#error !== undefined;
  }

  data(chunk: Buffer): void {
    this.#size += chunk.byteLength;
    if (!this.#draining) this.#chunks.push(chunk);
    if (this.#size <= MAX_BYTES) return;
    if (this.#draining) this.#transaction.dropAttempt(new Error('the answer is too long to be drained'));
    else this.#transaction.pause();
  }

  end(trailers: IncomingHttpHeaders): void {
    this.#trailers = trailers;
    // The connection can take the next request once this turn is over: one sent now would open another.
    if (this.#onEnd !== undefined) queueMicrotask(this.#onEnd);
  }

  /** The connection failed in the middle of the answer. */
  fail(error: Error): void {
    this.#error = error;
    this.#onEnd?.();
  }

  /** Throws away what is left, and calls back when the connection has no more of it. */
  drain(done: () => void): void {
    this.#draining = true;
    this.#chunks.length = 0;
    if (this.ended) {
      done();
      return;
    }
    this.#onEnd = done;
    this.#transaction.resume();
  }

  /** Delivers what there is; the caller passes on what comes later. */
  deliver(handler: Dispatcher.DispatchHandler): void {
    const transaction = this.#transaction;
    transaction.headers = this.#headers;
    transaction.rawHeaders = this.#rawHeaders;
    handler.onResponseStart?.(transaction, this.#status, this.#headers, this.#message);
    for (const chunk of this.#chunks) if (!transaction.aborted) handler.onResponseData?.(transaction, chunk);
    if (transaction.aborted && this.ended) handler.onResponseError?.(transaction, transaction.reason as Error);
    else if (this.#error !== undefined) handler.onResponseError?.(transaction, this.#error);
    else if (this.#trailers !== undefined) handler.onResponseEnd?.(transaction, this.#trailers);
    else if (this.#size > MAX_BYTES) transaction.resume();
  }
}
