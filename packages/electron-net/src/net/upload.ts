/** Tells how much of a body has been handed to the connection. */
export type OnProgress = (current: number, total: number) => void;

type Callback = (error?: Error | null) => void;

/** Bodies up to this size go out in one piece; larger ones in pieces of this size, so that progress can be told. */
const PIECE_BYTES = 64 * 1024;

/** A body on its way to the client. */
export interface Upload {
  readonly content: Buffer | (() => Iterable<Buffer>) | ChunkedBody;
  /** The body; undefined where it is not complete before it is sent. */
  readonly body: Buffer | undefined;
}

/** A body that is complete before it is sent: with a length, and as often as needed. */
export function bufferedBody(body: Buffer, onProgress: OnProgress): Upload {
  const bytes = body.length;
  if (bytes <= PIECE_BYTES) return { content: body, body };
  const content = function* () {
    for (let sent = 0; sent < bytes; sent += PIECE_BYTES) {
      yield body.subarray(sent, sent + PIECE_BYTES);
      // The generator goes on when the piece has been written.
      onProgress(Math.min(sent + PIECE_BYTES, bytes), bytes);
    }
  };
  return { content, body };
}

/**
 * A body that is sent while it is written: hands one chunk after the other from a Writable to whoever sends it. When
 * nobody sends it any more, what is written is thrown away.
 */
export class ChunkedBody implements AsyncIterable<Buffer> {
  readonly #onProgress: OnProgress;
  #chunk: Buffer | undefined;
  #written: Callback | undefined;
  #wanted: ((result: IteratorResult<Buffer, undefined>) => void) | undefined;
  #ended = false;
  #abandoned = false;
  #sent = 0;
  #given = 0;

  constructor(onProgress: OnProgress) {
    this.#onProgress = onProgress;
  }

  /** Takes a chunk; the next one may come when the callback has been called. */
  write(chunk: Buffer, callback: Callback): void {
    this.#given += chunk.length;
    if (this.#abandoned || chunk.length === 0) {
      callback();
    } else if (this.#wanted !== undefined) {
      this.#give(chunk);
      callback();
    } else {
      this.#chunk = chunk;
      this.#written = callback;
    }
  }

  /** No further chunk comes. */
  end(): void {
    this.#ended = true;
    this.#wanted?.({ done: true, value: undefined });
    this.#wanted = undefined;
  }

  /** Nobody sends the body any more. */
  abandon(): void {
    this.#abandoned = true;
    this.end();
    this.#release();
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.abandon();
        return { done: true, value: undefined };
      },
    };
  }

  /** Asking for a chunk says that the one before has been written. */
  #next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#sent > 0) this.#onProgress(this.#sent, this.#given);
    return new Promise((resolve) => {
      this.#wanted = resolve;
      const chunk = this.#chunk;
      if (chunk !== undefined) {
        this.#chunk = undefined;
        this.#give(chunk);
        this.#release();
      } else if (this.#ended) this.end();
    });
  }

  #give(chunk: Buffer): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    this.#sent += chunk.length;
    wanted?.({ done: false, value: chunk });
  }

  #release(): void {
    const written = this.#written;
    this.#written = undefined;
    this.#chunk = undefined;
    written?.();
  }
}
