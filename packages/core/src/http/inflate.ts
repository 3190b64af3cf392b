import { Duplex } from 'node:stream';
import { createInflate, createInflateRaw, type ZlibOptions } from 'node:zlib';

type Callback = (error?: Error | null) => void;

/**
 * Undoes the coding `deflate`: the zlib format (RFC 1950), or a bare deflate stream (RFC 1951) as some servers send it.
 * The first byte tells which one it is.
 */
export class Inflate extends Duplex {
  readonly #options: ZlibOptions;
  #inner: ReturnType<typeof createInflate> | ReturnType<typeof createInflateRaw> | undefined;
  #ended = false;

  constructor(options: ZlibOptions = {}) {
    super();
    this.#options = options;
  }

  override _write(chunk: Buffer, _encoding: string, callback: Callback): void {
    if (chunk.length === 0 || this.#ended) {
      callback();
      return;
    }
    this.#inner ??= this.#open(chunk[0] as number);
    this.#inner.write(chunk, callback);
  }

  override _final(callback: Callback): void {
    if (this.#inner !== undefined && !this.#ended) {
      this.#inner.once('end', () => callback());
      this.#inner.end();
      return;
    }
    if (this.#inner === undefined) this.push(null);
    callback();
  }

  override _read(): void {
    this.#inner?.resume();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#inner?.destroy();
    callback(error);
  }

  #open(first: number) {
    // Method 8 with a window of at most 32 KiB. In a bare stream that would be a stored block with a stray padding bit.
    const hasHeader = (first & 0x8f) === 0x08;
    const inner = hasHeader ? createInflate(this.#options) : createInflateRaw(this.#options);
    inner.on('data', (part: Buffer) => {
      if (!this.push(part)) inner.pause();
    });
    inner.on('end', () => {
      this.#ended = true;
      this.push(null);
    });
    inner.on('error', (error: Error) => this.destroy(error));
    return inner;
  }
}
