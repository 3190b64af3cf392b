import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** Bytes that are kept before the connection is told to pause. */
const HIGH_WATER_MARK = 64 * 1024;
/** Bytes that `dump` reads before it gives the connection up. */
const DUMP_BYTES = 128 * 1024;

/** The body of a response: a Readable with the methods of the fetch standard's body mixin, as `undici.request` gives it. */
export class ResponseBody extends Readable {
  readonly #controller: Dispatcher.DispatchController;
  readonly #contentType: string;
  #used = false;
  #web: ReadableStream | undefined;
  #ended = false;

  constructor(
    controller: Dispatcher.DispatchController,
    contentType: string | undefined,
    highWaterMark = HIGH_WATER_MARK,
  ) {
    super({ highWaterMark });
    this.#controller = controller;
    this.#contentType = contentType ?? '';
  }

  /** Whether the body has been read or is being read. */
  get bodyUsed(): boolean {
    return this.#used || this.readableDidRead;
  }

  /** The body as a web stream, which then is the only way to read it. */
  get body(): ReadableStream {
    this.#web ??= Readable.toWeb(this as Readable) as ReadableStream;
    return this.#web;
  }

  /** Takes a piece from the connection; pauses it when nobody reads. */
  receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controller.pause();
  }

  /** The connection has given everything. */
  finish(): void {
    this.#ended = true;
    this.push(null);
  }

  /** The connection failed. */
  fail(error: Error): void {
    this.#ended = true;
    this.destroy(error);
  }

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#ended && !this.#controller.aborted) this.#controller.abort(error ?? new AbandonedBodyError());
    // Whoever has not begun to read cannot listen yet; the error is kept, and is what reading then ends with.
    if (error !== null && this.listenerCount('error') === 0) this.on('error', ignore);
    callback(error);
  }

  /** The body as UTF-8 text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#bytes());
  }

  /** The body parsed as JSON. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = await this.#bytes();
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  }

  async bytes(): Promise<Uint8Array> {
    const { buffer, byteOffset, byteLength } = await this.#bytes();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.arrayBuffer()], { type: this.#contentType });
  }

  async formData(): Promise<FormData> {
    return new Response(await this.arrayBuffer(), { headers: { 'content-type': this.#contentType } }).formData();
  }

  /**
   * Reads the body to its end and throws it away, so that the connection can serve on.
   *
   * @param options - `limit`: bytes to read at most, default 128 KiB; `signal` gives the reading up.
   */
  async dump({ limit = DUMP_BYTES, signal }: { limit?: number; signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.destroyed) return;
    this.#used = true;
    await new Promise<void>((resolve, reject) => {
      let read = 0;
      const onAbort = () => this.destroy(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.on('data', (chunk: Buffer) => {
        read += chunk.byteLength;
        if (read > limit) this.destroy();
      });
      this.once('close', () => {
        signal?.removeEventListener('abort', onAbort);
        if (signal?.aborted === true) reject(signal.reason);
        else resolve();
      });
      this.on('error', ignore);
    });
  }

  #bytes(): Promise<Buffer> {
    if (this.bodyUsed) return Promise.reject(new TypeError('unusable: the body has been read already'));
    if (this.destroyed) return Promise.reject(this.errored ?? new AbandonedBodyError());
    this.#used = true;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      this.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
      this.once('error', reject);
      this.once('close', () => {
        if (!this.readableEnded) reject(new AbandonedBodyError());
      });
    });
  }
}

/** The body was destroyed by whoever had it before it was read to its end. */
class AbandonedBodyError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'UND_ERR_ABORTED';

  constructor() {
    super('The body was given up before it was read to its end');
  }
}

function ignore(): void {
  // A destroyed body tells its error to whoever asks for it.
}
