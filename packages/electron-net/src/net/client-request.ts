import { Writable } from 'node:stream';
import type { CredentialsProvider } from '@netloom/contracts';
import type { AnyListener } from '../any-listener.js';
import { emitApart } from '../emit.js';
import { netError } from '../errors.js';
import { Exchange } from './exchange.js';
import type { IncomingMessage } from './incoming-message.js';
import { type AuthInfo, type LoginCallback, loginProvider } from './login.js';
import type { RequestContext } from './request-context.js';
import { checkHeader, isRestricted } from './request-headers.js';
import type { Request } from './request-options.js';
import { bufferedBody, ChunkedBody, type Upload } from './upload.js';

/** Events of {@link ClientRequest} and their listeners' arguments. */
export interface ClientRequestEvents {
  /** {@link ClientRequest.abort} was called before the request had closed. */
  abort: [];
  /** The last event of every request, exactly once. */
  close: [];
  /** The request failed; the message is `net::` and Chromium's name of the error. `close` follows. */
  error: [error: Error];
  /** All of the request has been handed over. */
  finish: [];
  /** A server or proxy asks for credentials. Without a listener its response is delivered. */
  login: [authInfo: AuthInfo, callback: LoginCallback];
  /** A redirect came; see {@link ClientRequestConstructorOptions.redirect}. */
  redirect: [statusCode: number, method: string, redirectUrl: string, responseHeaders: Record<string, string[]>];
  response: [response: IncomingMessage];
  /** Bytes of the body that have been sent, and that there are. */
  'upload-progress': [current: number, total: number];
}

/** How far an upload has come. */
export interface UploadProgress {
  /** Whether there is anything to tell; when false the rest is false and 0. */
  active: boolean;
  started: boolean;
  /** Bytes sent. */
  current: number;
  /** Bytes there are; for chunked encoding, bytes written so far. */
  total: number;
}

type Callback = (error?: Error | null) => void;

/**
 * An HTTP request: a Writable for its body. It is sent when {@link ClientRequest.end} is called, or with the first write
 * where {@link ClientRequest.chunkedEncoding} is set. Made by {@link Net.request}.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: overloads of inherited methods, nothing to initialise
export class ClientRequest extends Writable {
  /** @internal As asked for; programs look at it, under this name. */
  readonly _urlLoaderOptions: Request;
  /** @internal */
  _started = false;
  /** @internal */
  _firstWrite = false;
  /** @internal */
  _aborted = false;
  /** @internal */
  _chunkedEncoding: boolean | undefined;
  /** @internal */
  _response: IncomingMessage | undefined;
  /** @internal Who is asked instead of the listeners for `login`. */
  _credentialsProvider: CredentialsProvider | undefined;
  readonly #context: RequestContext;
  readonly #chunks: Buffer[] = [];
  #chunked: ChunkedBody | undefined;
  #exchange: Exchange | undefined;
  #progress: UploadProgress | undefined;
  #onFollow: (() => void) | undefined;

  /** @internal */
  constructor(request: Request, context: RequestContext, callback?: ((response: IncomingMessage) => void) | null) {
    // What happens to a request goes on long after it has been written.
    super({ autoDestroy: false });
    this._urlLoaderOptions = request;
    this.#context = context;
    if (callback) this.once('response', callback);
  }

  /** @internal As asked for, under the name that programs know. */
  get _redirectPolicy(): Request['redirectPolicy'] {
    return this._urlLoaderOptions.redirectPolicy;
  }

  /**
   * Whether the body is sent while it is written, with `Transfer-Encoding: chunked`, and not when it is complete. To be
   * set once, before the first write.
   *
   * @throws Error when it is set later, or again.
   */
  get chunkedEncoding(): boolean {
    return this._chunkedEncoding ?? false;
  }

  set chunkedEncoding(value: boolean) {
    if (this._started || this._firstWrite) {
      throw new Error('chunkedEncoding can only be set before the request is started');
    }
    if (this._chunkedEncoding !== undefined) throw new Error('chunkedEncoding can only be set once');
    this._chunkedEncoding = Boolean(value);
    if (value) this.#chunked = new ChunkedBody((current, total) => this.#onProgress(current, total));
  }

  /**
   * Sets a field. Its name is sent as given here, its value as text. A request with a field that the network stack sets
   * itself, such as `Host`, fails with `net::ERR_INVALID_ARGUMENT`.
   *
   * @throws Error after the first write, and for a name or value that cannot be sent.
   */
  setHeader(name: string, value: string): void {
    if (this._started || this._firstWrite) throw new Error("Can't set headers after they are sent");
    checkHeader(name, value);
    this._urlLoaderOptions.headers[name.toLowerCase()] = { name, value };
  }

  /**
   * The value of a field, as it was given.
   *
   * @throws Error without a name.
   */
  getHeader(name: string): string {
    if (name === undefined || name === null) throw new Error('`name` is required for getHeader(name)');
    return this._urlLoaderOptions.headers[name.toLowerCase()]?.value as string;
  }

  /**
   * Takes a field back.
   *
   * @throws Error without a name, and after the first write.
   */
  removeHeader(name: string): void {
    if (name === undefined || name === null) throw new Error('`name` is required for removeHeader(name)');
    if (this._started || this._firstWrite) throw new Error("Can't remove headers after they are sent");
    delete this._urlLoaderOptions.headers[name.toLowerCase()];
  }

  /**
   * Goes where the redirect leads whose event is being emitted.
   *
   * @throws Error outside of a `redirect` listener.
   */
  followRedirect(): void {
    if (this.#onFollow === undefined) throw new Error('followRedirect() called, but was not waiting for a redirect');
    this.#onFollow();
  }

  /** Ends the request, with `abort` and `close`; its response, where there is one, with `aborted` and `close`. */
  abort(): void {
    if (this.destroyed) {
      this.#exchange?.cancel();
      return;
    }
    this._aborted = true;
    process.nextTick(() => this.emit('abort'));
    this._response?.abort();
    this.destroy();
  }

  /** How far the upload has come. */
  getUploadProgress(): UploadProgress {
    return this.#progress ? { ...this.#progress } : { active: false, started: false, current: 0, total: 0 };
  }

  /**
   * Writes to the body; what is written after the end is an `error` of the request, which `close` follows.
   *
   * @throws TypeError for what are no bytes and no text.
   */
  override write(chunk: unknown, encoding?: string | Callback, callback?: Callback): boolean {
    const hasRoom = super.write(chunk, encoding as BufferEncoding, callback);
    this.#closeIfFailed();
    return hasRoom;
  }

  /** Writes what is left, and sends the request. */
  override end(chunk?: unknown, encoding?: string | (() => void), callback?: () => void): this {
    super.end(chunk, encoding as BufferEncoding, callback);
    this.#closeIfFailed();
    return this;
  }

  /** A stream that does not destroy itself tells of a wrong write, and goes on. */
  #closeIfFailed(): void {
    if (this.errored !== null && !this.destroyed) this.destroy(this.errored);
  }

  /** @internal */
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this._firstWrite = true;
    if (this.#chunked === undefined) {
      this.#chunks.push(chunk);
      callback();
    } else {
      this.#chunked.write(chunk, callback);
      if (!this._started) this.#start({ content: this.#chunked, body: undefined });
    }
  }

  /** @internal */
  override _final(callback: Callback): void {
    this.#chunked?.end();
    // What follows comes after `finish`.
    callback();
    if (!this._started) this.#start(this.#chunked ? { content: this.#chunked, body: undefined } : this.#buffered());
  }

  /** @internal */
  override _destroy(error: Error | null, callback: Callback): void {
    this.#chunked?.abandon();
    this.#exchange?.onRequestClosed();
    callback(error);
  }

  #buffered(): Upload | undefined {
    if (this.#chunks.length === 0) return undefined;
    const [only, ...more] = this.#chunks.splice(0) as [Buffer, ...Buffer[]];
    const body = more.length === 0 ? only : Buffer.concat([only, ...more]);
    return body.length === 0 ? undefined : bufferedBody(body, (current, total) => this.#onProgress(current, total));
  }

  #start(upload: Upload | undefined): void {
    this._started = true;
    const request = this._urlLoaderOptions;
    const restricted = Object.entries(request.headers).find(([name, { value }]) => isRestricted(name, value));
    if (restricted !== undefined) {
      const cause = new TypeError(`the field ${restricted[1].name} is set by the network stack`);
      process.nextTick(() => this.destroy(netError('ERR_INVALID_ARGUMENT', cause)));
      return;
    }
    this.#exchange = new Exchange(request, this.#context, {
      onUploaded: (total) => this.#onProgress(total, total),
      onRedirect: (...redirect) => this.#onRedirect(...redirect),
      onResponse: (response) => {
        this._response = response;
        return emitApart(this, 'response', response);
      },
      onError: (error) => this.destroy(error),
      onDone: () => this.destroy(),
      ask:
        this._credentialsProvider ??
        loginProvider((info, callback) => !this.destroyed && this.emit('login', info, callback)),
    });
    process.nextTick(startExchange, this.#exchange, upload);
  }

  #onProgress(current: number, total: number): void {
    if (this.destroyed || (this.#progress?.current === current && this.#progress.total === total)) return;
    this.#progress = { active: true, started: true, current, total };
    emitApart(this, 'upload-progress', current, total);
  }

  /** @throws Error when the redirect is not to be followed. */
  #onRedirect(status: number, method: string, url: string, headers: Record<string, string[]>): void {
    const { redirectPolicy } = this._urlLoaderOptions;
    if (redirectPolicy === 'error') throw new Error("Attempted to redirect, but redirect policy was 'error'");
    let followed = redirectPolicy === 'follow';
    this.#onFollow = () => {
      followed = true;
    };
    emitApart(this, 'redirect', status, method, url, headers);
    this.#onFollow = undefined;
    if (!followed && !this._aborted) throw new Error('Redirect was cancelled');
  }
}

/** A response may be there at once, from the cache; no event comes in the turn of the call that asks for it. */
function startExchange(exchange: Exchange, upload: Upload | undefined): void {
  exchange.start(upload);
}

type Name = keyof ClientRequestEvents;
type Listener<E extends Name> = (...args: ClientRequestEvents[E]) => void;

export interface ClientRequest {
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
