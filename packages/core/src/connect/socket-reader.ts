import type { Duplex } from 'node:stream';
import { PeerClosedError } from './socket-errors.js';

const EMPTY = Buffer.alloc(0);

/**
 * Reads a handshake from a socket, piece by piece, and leaves what comes after it in the socket. The socket stays
 * paused all the time, so that nothing is lost between this reader and whoever takes the socket next.
 */
export class SocketReader {
  readonly #socket: Duplex;
  /** Bytes that were taken from the socket and not yet used. */
  #rest: Buffer = EMPTY;
  #error: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('readable', this.#onReadable).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
  }

  /** Whether bytes are there that nobody has used yet. */
  get hasRest(): boolean {
    return this.#rest.length > 0 || this.#socket.readableLength > 0;
  }

  /** Whether the peer can send nothing more. */
  get ended(): boolean {
    return this.#ended || this.#error !== undefined || this.#socket.destroyed;
  }

  /** The next bytes as they came, at least one; undefined at the end of the stream. */
  async chunk(): Promise<Buffer | undefined> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = EMPTY;
      return rest;
    }
    for (;;) {
      const bytes = this.#socket.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#error !== undefined) throw this.#error;
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Gives back the unused end of the last chunk. */
  unread(bytes: Buffer): void {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([bytes, this.#rest]) : bytes;
  }

  /**
   * Exactly `length` bytes.
   *
   * @throws PeerClosedError when the stream ends before.
   */
  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const bytes = await this.chunk();
      if (bytes === undefined) throw new PeerClosedError();
      if (bytes.length > missing) this.unread(bytes.subarray(missing));
      parts.push(bytes.subarray(0, missing));
      missing -= Math.min(missing, bytes.length);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Leaves the socket as it was: paused, without listeners of this reader, unused bytes back in its buffer. */
  detach(): void {
    const socket = this.#socket;
    socket
      .off('readable', this.#onReadable)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
    if (this.#rest.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(this.#rest);
    this.#rest = EMPTY;
  }

  readonly #onReadable = () => {
    // at the end of the stream `end` comes only after a read that finds nothing
    if (this.#socket.readableLength === 0) this.#socket.read();
    this.#onEvent();
  };

  readonly #onEvent = () => {
    this.#wake?.();
    this.#wake = undefined;
  };

  readonly #onEnd = () => {
    this.#ended = true;
    this.#onEvent();
  };

  readonly #onError = (error: Error) => {
    this.#error = error;
    this.#onEvent();
  };
}
