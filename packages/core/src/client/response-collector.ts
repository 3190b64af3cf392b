import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { show } from './check.js';
import type { ClientResponse, RequestOptions } from './request.js';
import { ResponseBody } from './response-body.js';
import type { Served } from './served.js';

/** Makes one promise and one body of what the layers tell. */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #options: RequestOptions;
  readonly #served: Served;
  readonly #resolve: (response: ClientResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #trailers: Record<string, string> = {};
  #context: unknown;
  #body: ResponseBody | undefined;
  #forgetSignal: (() => void) | undefined;

  constructor(
    options: RequestOptions,
    served: Served,
    resolve: (response: ClientResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#served = served;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#context = context;
    const { signal } = this.#options;
    // Redirects start anew; the signal is listened to once.
    if (signal !== undefined && signal !== null) {
      this.#forgetSignal?.();
      this.#forgetSignal = onAbort(signal, (reason) => controller.abort(reason));
    }
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    fields: IncomingHttpHeaders,
    message?: string,
  ): void {
    const { responseHeaders, onInfo, opaque, highWaterMark } = this.#options;
    const headers =
      responseHeaders === 'raw' ? (rawList(controller.rawHeaders) as unknown as IncomingHttpHeaders) : fields;
    if (status < 200) {
      onInfo?.({ statusCode: status, headers: headers as Record<string, string | string[]> });
      return;
    }
    this.#body = new ResponseBody(controller, fields['content-type'], highWaterMark);
    const { connection, route, auth } = this.#served;
    this.#resolve({
      statusCode: status,
      statusText: message ?? '',
      headers,
      body: this.#body,
      trailers: this.#trailers,
      opaque: opaque ?? null,
      context: this.#context ?? {},
      connection,
      route,
      auth,
    } as unknown as ClientResponse);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.receive(chunk);
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#forgetSignal?.();
    Object.assign(this.#trailers, trailers);
    this.#body?.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#forgetSignal?.();
    if (this.#body === undefined) this.#reject(error);
    else this.#body.fail(error);
  }
}

type AnySignal = NonNullable<RequestOptions['signal']>;

/** Calls back when the signal fires, at once if it has; the result ends that. */
function onAbort(signal: AnySignal, callback: (reason: Error) => void): () => void {
  const { aborted, reason } = signal as AbortSignal;
  const listener = () =>
    callback((signal as AbortSignal).reason ?? new DOMException('This operation was aborted', 'AbortError'));
  if (aborted) callback(reason);
  else if (signal instanceof EventTarget) {
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  } else if (typeof (signal as EventEmitter).once === 'function') {
    (signal as EventEmitter).once('abort', listener);
    return () => (signal as EventEmitter).off('abort', listener);
  } else throw new TypeError(`signal has to be an AbortSignal or an EventEmitter; got ${show(signal)}`);
  return () => undefined;
}

function rawList(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map(String) : [];
}
