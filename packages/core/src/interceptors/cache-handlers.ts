import type { Dispatcher } from 'undici';
import type { HeaderFields } from '../http/headers.js';
import { ANSWER_OBSERVER, type AnyOptions } from './internal.js';
import { PassingHandler } from './passing-handler.js';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** Tells the layers above of the cookies of a 304, which the cache answers with what it has. */
export class Revalidation extends PassingHandler {
  readonly #options: AnyOptions;

  constructor(handler: Handler, options: AnyOptions) {
    super(handler);
    this.#options = options;
  }

  override onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    if (status === 304) void this.#options[ANSWER_OBSERVER]?.answered(headers, []);
    super.onResponseStart(controller, status, headers, message);
  }
}

/**
 * A handler of both styles: undici's cache speaks the older one, whatever the handler, when it answers 504 to a request
 * that wants nothing but what is kept.
 */
export class OnlyIfCached extends PassingHandler {
  #controller: Controller | undefined;

  onConnect(abort: (reason: Error) => void): void {
    const ignore = () => undefined;
    const controller = {
      aborted: false,
      paused: false,
      reason: null as Error | null,
      pause: ignore,
      resume: ignore,
      abort: (reason: Error) => {
        if (controller.aborted) return;
        controller.aborted = true;
        controller.reason = reason;
        abort(reason);
        this.handler.onResponseError?.(controller, reason);
      },
    };
    this.#controller = controller;
    this.handler.onRequestStart?.(controller, undefined);
  }

  onHeaders(status: number, _rawHeaders: unknown, _resume: unknown, message: string): boolean {
    this.handler.onResponseStart?.(this.#controller as Controller, status, {}, message);
    return true;
  }

  onComplete(): void {
    this.handler.onResponseEnd?.(this.#controller as Controller, {});
  }

  onError(error: Error): void {
    this.handler.onResponseError?.(this.#controller as Controller, error);
  }
}

/** The response of a request that the cache had nothing for; whether it can be kept shows when it comes. */
export class Uncached extends PassingHandler {
  readonly #keep: (handler: Handler) => Handler;
  #keeper: Handler | undefined;

  /** @param keep - makes the handler that keeps the response and passes it on. */
  constructor(handler: Handler, keep: (handler: Handler) => Handler) {
    super(handler);
    this.#keep = keep;
  }

  override onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    if (status >= 200 && saysHowLong(headers)) this.#keeper = this.#keep(this.handler);
    (this.#keeper ?? this.handler).onResponseStart?.(controller, status, headers as never, message);
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    (this.#keeper ?? this.handler).onResponseData?.(controller, chunk);
  }

  override onResponseEnd(controller: Controller, trailers: HeaderFields): void {
    (this.#keeper ?? this.handler).onResponseEnd?.(controller, trailers as never);
  }

  override onResponseError(controller: Controller, error: Error): void {
    (this.#keeper ?? this.handler).onResponseError?.(controller, error);
  }
}

/** A response without a word about its life is not kept (RFC 9111 section 4.2). */
function saysHowLong(headers: HeaderFields): boolean {
  return (
    headers['cache-control'] !== undefined || headers.expires !== undefined || headers['last-modified'] !== undefined
  );
}
