import type { Dispatcher } from 'undici';
import type { HeaderFields } from '../http/headers.js';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/**
 * Passes everything on as it is. Layers that look at a part of it override that.
 *
 * @example
 * ```ts
 * import type { Layer } from '@netloom/core';
 * import { PassingHandler } from '@netloom/core/interceptors';
 *
 * class StatusLogger extends PassingHandler {
 *   override onResponseStart(...args: Parameters<PassingHandler['onResponseStart']>): void {
 *     console.log(args[1]);
 *     super.onResponseStart(...args);
 *   }
 * }
 * const statusLog: Layer = (dispatch) => (options, handler) => dispatch(options, new StatusLogger(handler));
 * ```
 */
export class PassingHandler implements Handler {
  protected readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    this.handler.onResponseStart?.(controller, status, headers as never, message);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Controller, trailers: HeaderFields): void {
    this.handler.onResponseEnd?.(controller, trailers as never);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error);
  }
}
