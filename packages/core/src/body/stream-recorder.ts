import { Readable } from 'node:stream';
import { StreamPieces } from './stream-pieces.js';

/**
 * Reads a one-shot source and keeps a copy of what it gave, so that a further reader can begin from the start, until
 * the copy outgrows its limit.
 */
export class StreamRecorder {
  readonly #source: AsyncIterable<unknown> | Iterable<unknown>;
  #limit: number;
  #iterator: AsyncIterator<unknown> | Iterator<unknown> | undefined;
  /** What the source gave and may be needed again; `#dropped` chunks before it are gone. */
  readonly #copy: Uint8Array[] = [];
  #dropped = 0;
  #size = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #pulling: Promise<void> | undefined;
  /** Number of the reader that is served; those before it were given up. */
  #current = 0;

  /** @param limit - bytes of the copy; 0 keeps none. */
  constructor(source: AsyncIterable<unknown> | Iterable<unknown>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Whether a further reader would get everything from the start. */
  get canReplay(): boolean {
    return this.#dropped === 0 && this.#size <= this.#limit;
  }

  /** The error that the source ended with. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** Keeps only what no reader has had yet. */
  stopRecording(): void {
    this.#limit = -1;
  }

  /** Reads until the end or until the copy is full; whether the whole source is in the copy. */
  async readAhead(): Promise<boolean> {
    while (!this.#ended && this.canReplay) await this.#pull();
    return this.canReplay;
  }

  /** All chunks from the start, for one reader at a time: a new one follows a given-up one. */
  read(): AsyncIterable<Uint8Array> {
    if (this.#dropped > 0) throw new Error('a one-shot body that has outgrown its copy cannot be sent again');
    return { [Symbol.asyncIterator]: () => this.#reader() };
  }

  /** Tells the source that nobody will read on. */
  cancel(): void {
    this.#copy.length = 0;
    this.#limit = -1;
    if (this.#ended) return;
    this.#ended = true;
    void this.#close();
  }

  /** What the source does when it is told to stop concerns nobody who could be told. */
  async #close(): Promise<void> {
    try {
      await (this.#iterator ?? begin(this.#source)).return?.();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #reader(): AsyncIterator<Uint8Array> {
    let position = 0;
    this.#current += 1;
    const number = this.#current;
    return {
      next: async () => {
        while (position - this.#dropped >= this.#copy.length && !this.#ended) await this.#pull();
        const value = number === this.#current ? this.#copy[position - this.#dropped] : undefined;
        if (value === undefined) return { done: true, value: undefined };
        position += 1;
        if (this.#size > this.#limit) this.#drop(position);
        return { done: false, value };
      },
      return: async () => ({ done: true, value: undefined }),
    };
  }

  #drop(position: number): void {
    this.#copy.splice(0, position - this.#dropped);
    this.#dropped = position;
  }

  /** Takes one chunk from the source. A reader that was given up may have left one on its way: it is shared. */
  #pull(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    this.#pulling ??= this.#take();
    return this.#pulling;
  }

  async #take(): Promise<void> {
    try {
      this.#iterator ??= begin(this.#source);
      const { done, value } = await this.#iterator.next();
      if (done === true) {
        this.#ended = true;
        return;
      }
      const chunk = toBytes(value);
      this.#size += chunk.byteLength;
      this.#copy.push(chunk);
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#pulling = undefined;
    }
  }
}

function begin(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> | Iterator<unknown> {
  // A stream with a listener for `readable` does not flow.
  if (source instanceof Readable && source.listenerCount('readable') === 0) return new StreamPieces(source);
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

function toBytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`a body stream has to give strings or bytes; it gave ${value === null ? 'null' : typeof value}`);
}
