import type { ResponseHead } from './response-head.js';
import type { SocketReader } from './socket-reader.js';

/** Bytes of an unwanted body that are read in order to keep its connection. */
const MAX_DRAINED_BYTES = 1024 * 1024;
/** Bytes of one chunk-size or trailer line. */
const MAX_LINE_BYTES = 8 * 1024;

/**
 * Reads past the body of a refused CONNECT. Resolves with whether the connection can take another request: not when the
 * peer closes it, when the body is longer than 1 MiB or malformed, or when bytes follow that nobody asked for. Never
 * rejects.
 */
export async function drainBody(reader: SocketReader, { bodyLength, keepAlive }: ResponseHead): Promise<boolean> {
  if (!keepAlive || bodyLength === undefined) return false;
  try {
    const budget = new Budget(reader);
    if (bodyLength === 'chunked') await skipChunks(budget);
    else await budget.skip(bodyLength);
    return !reader.hasRest && !reader.ended;
  } catch {
    return false; // the connection is of no more use, and that is what false says
  }
}

/** RFC 9112 section 7.1. */
async function skipChunks(budget: Budget): Promise<void> {
  for (;;) {
    const [, size] = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(await budget.line()) ?? [];
    if (size === undefined) throw new Error('malformed chunk size');
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    await budget.skip(length);
    if ((await budget.line()) !== '') throw new Error('malformed chunk');
  }
  while ((await budget.line()) !== '');
}

/** Reads from a reader until the budget is spent. */
class Budget {
  readonly #reader: SocketReader;
  #left = MAX_DRAINED_BYTES;

  constructor(reader: SocketReader) {
    this.#reader = reader;
  }

  async skip(length: number): Promise<void> {
    this.#spend(length);
    for (let missing = length; missing > 0; ) {
      const bytes = await this.#chunk();
      if (bytes.length > missing) this.#reader.unread(bytes.subarray(missing));
      missing -= Math.min(missing, bytes.length);
    }
  }

  /** The next line without its end. */
  async line(): Promise<string> {
    let line = '';
    for (;;) {
      const bytes = await this.#chunk();
      const end = bytes.indexOf(10);
      if (end >= 0 && end + 1 < bytes.length) this.#reader.unread(bytes.subarray(end + 1));
      const part = end >= 0 ? bytes.subarray(0, end + 1) : bytes;
      this.#spend(part.length);
      line += part.toString('latin1');
      if (line.length > MAX_LINE_BYTES) throw new Error('line too long');
      if (end >= 0) return line.replace(/\r?\n$/, '');
    }
  }

  async #chunk(): Promise<Buffer> {
    const bytes = await this.#reader.chunk();
    if (bytes === undefined) throw new Error('the body ends early');
    return bytes;
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new Error('the body is too long');
  }
}
