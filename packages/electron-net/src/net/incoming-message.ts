import { Readable } from 'node:stream';
import type { AnyListener } from '../any-listener.js';
import { type ResponseHead, toHeaders, toRawHeaders, toVisibleFields, type VisibleHead } from './response-head.js';

/** What a response needs of the exchange that brings it. */
export interface ResponseSource {
  /** The reader is ready for more. */
  resume(): void;
  /** The response was destroyed, by whomever, or has been read to its end. */
  onClosed(): void;
}

/** Events of {@link IncomingMessage} and their listeners' arguments. */
export interface IncomingMessageEvents {
  /** The request was aborted while the response was under way. */
  aborted: [];
  close: [];
  data: [chunk: Buffer];
  end: [];
  /** The body broke off; the message names the reason, such as `net::ERR_INCOMPLETE_CHUNKED_ENCODING`. */
  error: [error: Error];
}

/**
 * A response: a Readable of the body. Content codings have been undone, and the header fields tell what was sent. A body
 * that nobody reads holds the server up; a response without a `response` listener is thrown away.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: overloads of inherited methods, nothing to initialise
export class IncomingMessage extends Readable {
  /** Status code. */
  statusCode: number;
  /** Reason phrase; empty with HTTP/2. */
  statusMessage: string;
  /** Version such as `1.1`. */
  httpVersion: string;
  httpVersionMajor: number;
  httpVersionMinor: number;
  /** Trailer fields by lower-case name; there when the body has ended. */
  trailers: Record<string, string | string[]> = {};
  /** Trailer fields as received, names and values in turn. */
  rawTrailers: string[] = [];
  readonly #fields: ResponseHead['fields'];
  readonly #source: ResponseSource;
  #rawHeaders: string[] | undefined;
  #headers: Record<string, string | string[]> | undefined;

  /** @internal */
  constructor(head: ResponseHead, source: ResponseSource) {
    super();
    const { major, minor } = head.httpVersion;
    this.statusCode = head.statusCode;
    this.statusMessage = head.statusMessage;
    this.httpVersion = `${major}.${minor}`;
    this.httpVersionMajor = major;
    this.httpVersionMinor = minor;
    this.#fields = head.fields;
    this.#source = source;
  }

  /**
   * Fields by lower-case name. `set-cookie` is an array; other repeated fields are joined by `, ` (`cookie` by `; `), or
   * the first one counts, as in node:http.
   */
  get headers(): Record<string, string | string[]> {
    this.#headers ??= toHeaders(this.rawHeaders);
    return this.#headers;
  }

  set headers(headers: Record<string, string | string[]>) {
    this.#headers = headers;
  }

  /** Names and values in turn, in the order and case in which they came. */
  get rawHeaders(): string[] {
    this.#rawHeaders ??= toRawHeaders(this.#fields);
    return this.#rawHeaders;
  }

  set rawHeaders(rawHeaders: string[]) {
    this.#rawHeaders = rawHeaders;
  }

  /** @internal The head in the form in which Electron's responses have it; tools that trace requests look at it. */
  get _responseHead(): VisibleHead {
    const { statusCode, statusMessage, httpVersionMajor: major, httpVersionMinor: minor, rawHeaders } = this;
    return { statusCode, statusMessage, httpVersion: { major, minor }, ...toVisibleFields(rawHeaders) };
  }

  /** @internal The request was aborted. */
  abort(): void {
    if (this.destroyed) return;
    process.nextTick(() => this.emit('aborted'));
    this.destroy();
  }

  /** @internal */
  override _read(): void {
    this.#source.resume();
  }

  /** @internal */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error);
    this.#source.onClosed();
  }
}

type Name = keyof IncomingMessageEvents;
type Listener<E extends Name> = (...args: IncomingMessageEvents[E]) => void;

export interface IncomingMessage {
  on<E extends Name>(event: E, listener: Listener<E>): this;
  on(event: string | symbol, listener: AnyListener): this;
  once<E extends Name>(event: E, listener: Listener<E>): this;
  once(event: string | symbol, listener: AnyListener): this;
  off<E extends Name>(event: E, listener: Listener<E>): this;
  off(event: string | symbol, listener: AnyListener): this;
  addListener<E extends Name>(event: E, listener: Listener<E>): this;
  addListener(event: string | symbol, listener: AnyListener): this;
  removeListener<E extends Name>(event: E, listener: Listener<E>): this;
  removeListener(event: string | symbol, listener: AnyListener): this;
}
