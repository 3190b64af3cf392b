import { finished, type Readable } from 'node:stream';

type Result = IteratorResult<unknown, undefined>;

/**
 * The pieces of a stream as they were put into it. The stream's own iterator joins all that is buffered in new memory,
 * with which an upload costs four times as much.
 */
export class StreamPieces implements AsyncIterator<unknown, undefined> {
  readonly #stream: Readable;
  readonly #pieces: unknown[] = [];
  #waiting: { resolve(result: Result): void; reject(error: unknown): void } | undefined;
  #end: { readonly error: unknown } | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    // A listener alone would set the stream flowing, unless it has been paused.
    stream.pause();
    stream.on('data', (piece) => this.#onPiece(piece));
    finished(stream, { writable: false }, (error) => this.#onEnd(error ?? undefined));
  }

  next(): Promise<Result> {
    if (this.#pieces.length > 0) return Promise.resolve({ done: false, value: this.#pieces.shift() });
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error);
    if (this.#end !== undefined) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#stream.resume();
    });
  }

  async return(): Promise<Result> {
    this.#stream.destroy();
    return { done: true, value: undefined };
  }

  #onPiece(piece: unknown): void {
    this.#stream.pause();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#pieces.push(piece);
    else waiting.resolve({ done: false, value: piece });
  }

  #onEnd(error: unknown): void {
    this.#end = { error };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (error === undefined) waiting?.resolve({ done: true, value: undefined });
    else waiting?.reject(error);
  }
}
