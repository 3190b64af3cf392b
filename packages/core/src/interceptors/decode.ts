import { NetError } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { ACCEPT_ENCODING, type ContentCoding, parseContentEncoding } from '../http/content-coding.js';
import { type HeaderFields, hasHeader } from '../http/headers.js';
import { Decoding } from './decoding.js';
import { type AnyOptions, headersOf } from './internal.js';
import { PassingHandler } from './passing-handler.js';
import { addressOf } from './request-url.js';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** Options of {@link decode}. */
export interface DecodeOptions {
  /**
   * Whether answers to requests that have an `accept-encoding` of their own are decoded as well, as browsers do it.
   * Default false.
   */
  readonly always?: boolean | undefined;
}

/**
 * Asks for compressed answers and undoes their content codings: gzip, deflate (with and without zlib header), br, and
 * zstd where Node has it (22.15 and later); several in turn. `content-encoding` and `content-length` are taken off the
 * headers of an answer that was decoded. A request that has an `accept-encoding` of its own is left alone, and so is its
 * answer, unless `always` is set: that is how `fetch`, which decodes by itself, works through this layer. A request for a range asks for
 * `identity`, because a piece of a coded body cannot be decoded.
 *
 * A body is decoded piece by piece as fast as it is read, so that memory does not grow with it. Data that cannot be
 * decoded, or ends too early, fails the request with `ERR_CONTENT_DECODING_FAILED`; that zstd data ends too early is told
 * only by Node 24 and the framing of HTTP.
 *
 * @example
 * ```ts
 * import { Agent, request } from 'undici';
 * import { decode } from '@netloom/core/interceptors';
 *
 * const { body } = await request('https://example.org/', { dispatcher: new Agent().compose(decode()) });
 * console.log(await body.text());
 * ```
 */
export function decode({ always = false }: DecodeOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options: AnyOptions, handler) => {
    const headers = headersOf(options);
    if (options.method === 'CONNECT' || options.upgrade) return dispatch(options, handler);
    if (hasHeader(headers, 'accept-encoding')) {
      return dispatch(options, always ? new DecodeHandler(handler, options) : handler);
    }
    const isRange = hasHeader(headers, 'range');
    const accepted = isRange ? 'identity' : acceptedBy(String(options.origin));
    const request = { ...options, headers: [...headers, 'accept-encoding', accepted] };
    return dispatch(request, isRange ? handler : new DecodeHandler(handler, options));
  };
}

/** What may be asked for: anything where nobody on the way can see it, and what is old and well-known elsewhere. */
function acceptedBy(origin: string): string {
  return origin.startsWith('https:') ? ACCEPT_ENCODING.secure : ACCEPT_ENCODING.plain;
}

/** Looks at the head of an answer; passes everything on as it is unless the body is coded. */
class DecodeHandler extends PassingHandler {
  readonly #options: AnyOptions;
  #decoding: Decoding | undefined;

  constructor(handler: Handler, options: AnyOptions) {
    super(handler);
    this.#options = options;
  }

  override onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    const field = headers['content-encoding'];
    if (field === undefined || !this.#hasBody(status)) {
      super.onResponseStart(controller, status, headers, message);
      return;
    }
    let codings: readonly ContentCoding[] | undefined;
    try {
      codings = parseContentEncoding(field);
    } catch (cause) {
      controller.abort(new NetError('ERR_CONTENT_DECODING_FAILED', { url: addressOf(this.#options), cause }));
      return;
    }
    if (codings === undefined) {
      super.onResponseStart(controller, status, headers, message);
      return;
    }
    const { 'content-encoding': _coding, 'content-length': _length, ...decoded } = headers;
    this.#decoding = new Decoding(codings, controller, this.handler, this.#options);
    super.onResponseStart(this.#decoding, status, decoded, message);
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#decoding === undefined) super.onResponseData(controller, chunk);
    else this.#decoding.write(chunk);
  }

  override onResponseEnd(controller: Controller, trailers: HeaderFields): void {
    if (this.#decoding === undefined) super.onResponseEnd(controller, trailers);
    else this.#decoding.end(trailers);
  }

  override onResponseError(controller: Controller, error: Error): void {
    if (this.#decoding === undefined) super.onResponseError(controller, error);
    else this.#decoding.fail(error);
  }

  #hasBody(status: number): boolean {
    return status >= 200 && status !== 204 && status !== 304 && this.#options.method !== 'HEAD';
  }
}
