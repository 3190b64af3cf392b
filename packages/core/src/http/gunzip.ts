import { Duplex } from 'node:stream';
import { crc32, createInflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import { gzipHeaderLength } from './gzip-header.js';

/** CRC-32 and length of what a member holds. */
const TRAILER_BYTES = 8;
/** A header with a name and a comment of any length is no honest one beyond this. */
const MAX_HEADER_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

type Callback = (error?: Error | null) => void;

/**
 * Undoes gzip (RFC 1952): one member or several in a row. What follows the last member and begins none is ignored, as
 * browsers do, where Node's own stream takes it for damage. A member that is cut off, or whose checksum or length is
 * wrong, is an error.
 */
export class Gunzip extends Duplex {
  readonly #options: ZlibOptions;
  #state: 'header' | 'deflate' | 'trailer' | 'garbage' = 'header';
  /** Bytes of a header or trailer that is not there whole. */
  #pending: Buffer = NOTHING;
  #inflate: InflateRaw | undefined;
  #given = 0;
  #members = 0;
  #crc = 0;
  #length = 0;

  constructor(options: ZlibOptions = {}) {
    super();
    this.#options = options;
  }

  override _write(chunk: Buffer, _encoding: string, callback: Callback): void {
    this.#take(chunk, callback);
  }

  override _final(callback: Callback): void {
    const complete = this.#state === 'garbage' || (this.#state === 'header' && this.#members > 0);
    if (!complete) {
      callback(new Error('gzip data ends too early'));
      return;
    }
    this.push(null);
    callback();
  }

  override _read(): void {
    this.#inflate?.resume();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#inflate?.destroy();
    callback(error);
  }

  #take(chunk: Buffer, callback: Callback): void {
    if (chunk.length === 0 || this.#state === 'garbage') callback();
    else if (this.#state === 'header') this.#header(chunk, callback);
    else if (this.#state === 'deflate') this.#deflated(chunk, callback);
    else this.#trailer(chunk, callback);
  }

  #header(chunk: Buffer, callback: Callback): void {
    const bytes = this.#withPending(chunk);
    const length = gzipHeaderLength(bytes);
    if (typeof length === 'number') {
      this.#pending = NOTHING;
      this.#beginMember();
      this.#take(bytes.subarray(length), callback);
    } else if (length === 'more' && bytes.length <= MAX_HEADER_BYTES) {
      this.#pending = bytes;
      callback();
    } else if (this.#members > 0) {
      this.#state = 'garbage';
      this.#pending = NOTHING;
      callback();
    } else {
      callback(new Error('gzip data begins with no gzip header'));
    }
  }

  #beginMember(): void {
    this.#state = 'deflate';
    this.#given = 0;
    this.#crc = 0;
    this.#length = 0;
    const inflate = createInflateRaw(this.#options);
    this.#inflate = inflate;
    inflate.on('data', (part: Buffer) => {
      this.#crc = crc32(part, this.#crc);
      this.#length += part.length;
      if (!this.push(part)) inflate.pause();
    });
  }

  /** The stream calls back for a chunk that it used up, and ends at one that it did not need (in full). */
  #deflated(chunk: Buffer, callback: Callback): void {
    const inflate = this.#inflate as InflateRaw;
    this.#given += chunk.length;
    const given = this.#given;
    let settled = false;
    const settle = (go: () => void) => {
      if (settled) return;
      settled = true;
      inflate.off('end', onEnd).off('error', onError);
      go();
    };
    const onError = (error: Error) => settle(() => callback(error));
    const onEnd = () => settle(() => this.#endMember(inflate, chunk, given, callback));
    inflate.once('end', onEnd).once('error', onError);
    inflate.write(chunk, (error) => {
      if (!error && inflate.bytesWritten === given) settle(callback);
    });
  }

  #endMember(inflate: InflateRaw, chunk: Buffer, given: number, callback: Callback): void {
    const rest = given - inflate.bytesWritten;
    inflate.destroy();
    this.#inflate = undefined;
    this.#state = 'trailer';
    this.#take(chunk.subarray(chunk.length - rest), callback);
  }

  #trailer(chunk: Buffer, callback: Callback): void {
    const bytes = this.#withPending(chunk);
    if (bytes.length < TRAILER_BYTES) {
      this.#pending = bytes;
      callback();
      return;
    }
    this.#pending = NOTHING;
    if (bytes.readUInt32LE(0) !== this.#crc || bytes.readUInt32LE(4) !== this.#length % 2 ** 32) {
      callback(new Error('gzip data does not match its checksum'));
      return;
    }
    this.#members += 1;
    this.#state = 'header';
    this.#take(bytes.subarray(TRAILER_BYTES), callback);
  }

  #withPending(chunk: Buffer): Buffer {
    return this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }
}
