import { createHash } from 'node:crypto';
import { StreamRecorder } from './stream-recorder.js';

/** What a request may carry. A function is a factory: it is called for every attempt and may return any other kind. */
export type RequestBody =
  | null
  | undefined
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | (() => RequestBody);

/** What an engine writes. */
export type WritableBody = null | Uint8Array | Blob | FormData | AsyncIterable<Uint8Array>;

/** Names of hashes as sign-in schemes say them → names as OpenSSL says them. */
const HASHES = { md5: 'md5', sha256: 'sha256', 'sha512-256': 'sha512-256' } as const;

/** Default of how many bytes of a one-shot body are kept for a further attempt. */
export const REPLAY_BUFFER_BYTES = 1024 * 1024;

/**
 * A request body that can be sent several times: as given, from a factory, or, for a stream that can be read only once,
 * from a copy of at most `limit` bytes that is kept until {@link ReplayBody.settle}.
 */
export class ReplayBody {
  #source: RequestBody;
  #recorder: StreamRecorder | undefined;
  #contentType: string | undefined;
  /**
   * @param source - the body as the caller gave it.
   * @param limit - bytes of a one-shot body that are kept, default 1 MiB.
   * @throws TypeError when the body is of no kind that can be sent.
   */
  constructor(source: RequestBody, limit: number = REPLAY_BUFFER_BYTES) {
    if (source instanceof URLSearchParams) {
      this.#contentType = 'application/x-www-form-urlencoded;charset=UTF-8';
      this.#source = Buffer.from(source.toString());
    } else {
      this.#source = normalise(source);
    }
    if (isOneShot(this.#source)) this.#recorder = new StreamRecorder(this.#source, limit);
  }

  /** Content type that belongs to the body, where it has one of its own; a Blob and FormData bring theirs along. */
  get contentType(): string | undefined {
    return this.#contentType;
  }

  /** The error that the body's source ended with, if it did. */
  get failure(): unknown {
    return this.#recorder?.failure;
  }

  /** Whether there is nothing to send. */
  get empty(): boolean {
    return this.#source === null;
  }

  /** Whether {@link open} may be called again. */
  canReplay(): boolean {
    return this.#recorder === undefined || this.#recorder.canReplay;
  }

  /** The body for one attempt. A one-shot body that has outgrown its copy throws. */
  open(): WritableBody {
    if (this.#recorder !== undefined) return this.#recorder.read();
    if (typeof this.#source !== 'function') return this.#source as WritableBody;
    const made = normalise(this.#source());
    if (typeof made === 'function')
      throw new TypeError('the body factory returned a function; it has to return a body');
    return isOneShot(made) ? new StreamRecorder(made, 0).read() : (made as WritableBody);
  }

  /** The bytes of one attempt, for dispatchers other than netloom's pool that stand below its layers. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const body = this.open();
    if (body !== null) yield* chunksOf(body);
  }

  /** Keeps no copy any more: an answer has come that is no challenge. */
  settle(): void {
    this.#recorder?.stopRecording();
  }

  /** Whether {@link hash} can be given: for every body but a stream that is longer than the copy may be. */
  async canHash(): Promise<boolean> {
    return this.#recorder === undefined || (await this.#recorder.readAhead());
  }

  /**
   * The hash of the whole body in lower-case hex. FormData is turned into bytes first, so that what is hashed is what is
   * sent.
   */
  async hash(algorithm: keyof typeof HASHES): Promise<string> {
    if (isFormData(this.#source)) {
      const encoded = new Response(this.#source);
      this.#contentType = encoded.headers.get('content-type') ?? undefined;
      this.#source = Buffer.from(await encoded.arrayBuffer());
    }
    const hash = createHash(HASHES[algorithm]);
    const body = this.open();
    if (body instanceof Uint8Array) hash.update(body);
    else if (body !== null) for await (const chunk of chunksOf(body)) hash.update(chunk);
    return hash.digest('hex');
  }

  /** Gives the source back what it holds, when no attempt will read it (any more). */
  dispose(): void {
    this.#recorder?.cancel();
  }
}

/** The bytes of any body that is not empty. */
export function chunksOf(body: Exclude<WritableBody, null>): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (body instanceof Uint8Array) return [body];
  if (isBlob(body)) return body.stream() as unknown as AsyncIterable<Uint8Array>;
  if (isFormData(body)) return new Response(body).body as unknown as AsyncIterable<Uint8Array>;
  return body;
}

export function isFormData(value: unknown): value is FormData {
  return Object.prototype.toString.call(value) === '[object FormData]';
}

export function isBlob(value: unknown): value is Blob {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Blob]' || tag === '[object File]';
}

function normalise(source: RequestBody): Exclude<RequestBody, undefined | string | URLSearchParams> {
  if (source === undefined || source === null) return null;
  if (typeof source === 'function') return source;
  if (typeof source === 'string') return source.length === 0 ? null : Buffer.from(source);
  if (ArrayBuffer.isView(source)) {
    return source.byteLength === 0 ? null : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }
  if (source instanceof ArrayBuffer) return source.byteLength === 0 ? null : Buffer.from(source);
  if (source instanceof URLSearchParams) return normalise(source.toString());
  if (isFormData(source) || isBlob(source) || isOneShot(source)) return source;
  throw new TypeError(
    `body has to be a string, bytes, Blob, FormData, URLSearchParams, a stream, an iterable or a function that returns one of these; got ${describe(source)}`,
  );
}

function isOneShot(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || isFormData(value)) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

function describe(value: unknown): string {
  return typeof value === 'object' ? (Object.getPrototypeOf(value)?.constructor?.name ?? 'an object') : typeof value;
}
