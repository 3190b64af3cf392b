import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ReplayBody } from '../body/replay.js';
import { flattenFields, type HeaderFields } from '../http/headers.js';
import { deadController } from './internal.js';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** Callbacks of undici's older handler style, in which abort and resume are functions and headers are flat lists. */
export interface LegacyHandler {
  onConnect(abort: (reason?: Error) => void, context: unknown): void;
  onResponseStarted?(): void;
  onHeaders?(status: number, headers: string[], resume: () => void, statusMessage: string): boolean | undefined;
  onData?(chunk: Buffer): boolean | undefined;
  onComplete?(trailers: string[]): void;
  onUpgrade?(status: number, headers: string[], socket: Duplex): void;
  onError(error: Error): void;
}

/**
 * Stands between a caller's handler and the layers. What a callback throws ends the request as its error, as undici does
 * it, and never reaches a layer; after the end nothing is passed on.
 */
abstract class HandlerGuard implements Handler {
  #controller: Controller | undefined;
  #ended = false;
  /** Told when nobody will read it any more. */
  body: ReplayBody | undefined;

  onRequestStart(controller: Controller, context: unknown): void {
    if (this.#ended) return;
    this.#controller = controller;
    try {
      this.start(controller, context);
    } catch (error) {
      controller.abort(error as Error);
    }
  }

  onRequestUpgrade(controller: Controller, status: number, headers: HeaderFields, socket: Duplex): void {
    if (this.#ended) {
      socket.destroy();
      return;
    }
    this.#end();
    try {
      this.upgrade(controller, status, headers, socket);
    } catch (error) {
      socket.destroy();
      this.deliver(controller, error as Error);
    }
  }

  onResponseStart(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    if (this.#ended) return;
    this.#controller = controller;
    try {
      this.head(controller, status, headers, message);
    } catch (error) {
      controller.abort(error as Error);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#ended) return;
    try {
      this.data(controller, chunk);
    } catch (error) {
      controller.abort(error as Error);
    }
  }

  onResponseEnd(controller: Controller, trailers: HeaderFields): void {
    if (this.#ended) return;
    this.#end();
    try {
      this.end(controller, trailers);
    } catch (error) {
      this.deliver(controller, error as Error);
    }
  }

  onResponseError(controller: Controller | undefined, error: Error): void {
    if (this.#ended) return;
    const last = controller ?? this.#controller ?? deadController(error);
    this.#end();
    this.deliver(last, error);
  }

  /** `fetch` keeps its handler long after the end, and would keep all that served the request with it. */
  #end(): void {
    this.#ended = true;
    this.#controller = undefined;
    this.body?.dispose();
    this.body = undefined;
  }

  /** The controller of the attempt that is under way; undefined before the start and after the end. */
  protected get controller(): Controller | undefined {
    return this.#controller;
  }

  /** A handler that fails at being told of a failure can be told no more: what it throws is an uncaught exception. */
  private deliver(controller: Controller, error: Error): void {
    try {
      this.fail(controller, error);
    } catch (thrown) {
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  protected abstract start(controller: Controller, context: unknown): void;
  protected abstract upgrade(controller: Controller, status: number, headers: HeaderFields, socket: Duplex): void;
  protected abstract head(controller: Controller, status: number, headers: HeaderFields, message?: string): void;
  protected abstract data(controller: Controller, chunk: Buffer): void;
  protected abstract end(controller: Controller, trailers: HeaderFields): void;
  protected abstract fail(controller: Controller, error: Error): void;
}

class ControllerStyle extends HandlerGuard {
  readonly #handler: Handler;

  constructor(handler: Handler) {
    super();
    this.#handler = handler;
  }

  protected start(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  protected upgrade(controller: Controller, status: number, headers: HeaderFields, socket: Duplex): void {
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  protected head(controller: Controller, status: number, headers: HeaderFields, message?: string): void {
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  protected data(controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  protected end(controller: Controller, trailers: HeaderFields): void {
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  protected fail(controller: Controller, error: Error): void {
    if (typeof this.#handler.onResponseError !== 'function') throw error;
    this.#handler.onResponseError(controller, error);
  }
}

class LegacyStyle extends HandlerGuard {
  readonly #handler: LegacyHandler;
  readonly #rawHeaders: boolean;

  constructor(handler: LegacyHandler, rawHeaders: boolean) {
    super();
    this.#handler = handler;
    this.#rawHeaders = rawHeaders;
  }

  protected start(_controller: Controller, context: unknown): void {
    this.#handler.onConnect((reason = aborted()) => this.controller?.abort(reason), context);
  }

  protected upgrade(controller: Controller, status: number, headers: HeaderFields, socket: Duplex): void {
    this.#handler.onUpgrade?.(status, this.#flatten(controller, headers), socket);
  }

  protected head(controller: Controller, status: number, headers: HeaderFields, message = ''): void {
    this.#handler.onResponseStarted?.();
    const resume = () => this.controller?.resume();
    const flat = this.#flatten(controller, headers);
    if (this.#handler.onHeaders?.(status, flat, resume, message) === false) controller.pause();
  }

  protected data(controller: Controller, chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) controller.pause();
  }

  protected end(_controller: Controller, trailers: HeaderFields): void {
    this.#handler.onComplete?.(flattenFields(trailers));
  }

  protected fail(_controller: Controller, error: Error): void {
    this.#handler.onError(error);
  }

  /**
   * What came over the wire is handed on as it came where no layer has changed it, as undici does. Otherwise names are in
   * lower case but for a caller who asked for the wire's.
   */
  #flatten(controller: Controller, headers: HeaderFields): string[] {
    const { rawHeaders: raw, headers: parsed } = controller as Controller & { headers?: HeaderFields };
    if (!Array.isArray(raw)) return flattenFields(headers);
    if (parsed === headers) return raw as string[];
    return this.#rawHeaders ? inWireCase(headers, raw) : flattenFields(headers);
  }
}

/**
 * Puts a guard before a handler of either style.
 *
 * @param rawHeaders - whether a legacy handler gets header names in the case of the wire.
 * @throws TypeError when it is no handler.
 */
export function guardHandler(
  handler: unknown,
  options: { method?: unknown; upgrade?: unknown },
  rawHeaders: boolean,
): HandlerGuard {
  if (typeof handler !== 'object' || handler === null)
    throw new TypeError(`handler has to be an object; got ${typeof handler}`);
  if (typeof (handler as Handler).onRequestStart === 'function') return new ControllerStyle(handler as Handler);
  const isUpgrade = Boolean(options.upgrade) || options.method === 'CONNECT';
  const needed = isUpgrade
    ? ['onConnect', 'onError', 'onUpgrade']
    : ['onConnect', 'onError', 'onHeaders', 'onData', 'onComplete'];
  for (const name of needed) {
    if (typeof (handler as Record<string, unknown>)[name] !== 'function') {
      throw new TypeError(
        `handler.${name} has to be a function, or handler.onRequestStart one for the style with a controller`,
      );
    }
  }
  return new LegacyStyle(handler as LegacyHandler, rawHeaders);
}

function aborted(): Error {
  return new DOMException('This operation was aborted', 'AbortError');
}

/** The fields in the order and case of the wire; what a layer added comes last. */
function inWireCase(headers: HeaderFields, raw: readonly (Buffer | string)[]): string[] {
  const left = { ...headers };
  const list: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toString('latin1') ?? '';
    const value = left[name.toLowerCase()];
    if (value === undefined) continue;
    delete left[name.toLowerCase()];
    list.push(...flattenFields({ [name]: value }));
  }
  return [...list, ...flattenFields(left)];
}
