import { NetError } from '@netloom/contracts';
import type { Client } from '@netloom/core';
import type { Conditions } from './network-emulation.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];
type Fields = Parameters<NonNullable<Handler['onResponseStart']>>[2];

/** Hands a response on as late as the conditions of the network say, with all its parts in their order. */
export class ThrottledHandler implements Handler {
  readonly #handler: Handler;
  readonly #conditions: Conditions;
  readonly #uploadBytes: number;
  readonly #done: () => void;
  /** What has come and is not handed on yet, each with the time at which it is. */
  readonly #queue: { readonly due: number; readonly hand: () => void }[] = [];
  #controller: Controller | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The handler reads on. */
  #wanted = true;
  #over = false;

  /** @param done - called when everything was handed on. */
  constructor(handler: Handler, conditions: Conditions, uploadBytes: number, done: () => void) {
    this.#handler = handler;
    this.#conditions = conditions;
    this.#uploadBytes = uploadBytes;
    this.#done = done;
  }

  /** Ends the request: there is no network any more. */
  disconnect(): void {
    const error = new NetError('ERR_INTERNET_DISCONNECTED');
    if (this.#controller === undefined) this.onResponseError(deadController(error), error);
    else this.#controller.abort(error);
  }

  onRequestStart(controller: Controller, context: unknown): void {
    if (this.#over) {
      controller.abort(new NetError('ERR_INTERNET_DISCONNECTED'));
      return;
    }
    this.#controller = controller;
    this.#handler.onRequestStart?.(this.#controls(controller), context);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.#finish();
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(controller: Controller, status: number, headers: Fields, message?: string): void {
    const { latency, upload } = this.#conditions;
    const controls = this.#controls(controller);
    this.#controller = controller;
    this.#enqueue(latency + upload.delay(this.#uploadBytes), () =>
      this.#handler.onResponseStart?.(controls, status, headers, message),
    );
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const controls = this.#controls(controller);
    this.#enqueue(this.#conditions.download.delay(chunk.length), () => this.#handler.onResponseData?.(controls, chunk));
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    const controls = this.#controls(controller);
    this.#enqueue(0, () => {
      this.#finish();
      this.#handler.onResponseEnd?.(controls, trailers);
    });
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#over) return;
    this.#finish();
    this.#handler.onResponseError?.(controller, error);
  }

  #enqueue(delay: number, hand: () => void): void {
    if (this.#over) return;
    this.#queue.push({ due: performance.now() + delay, hand });
    this.#controller?.pause();
    this.#drain();
  }

  #drain(): void {
    if (this.#timer !== undefined || !this.#wanted) return;
    const next = this.#queue[0];
    if (next === undefined) {
      this.#controller?.resume();
      return;
    }
    const wait = next.due - performance.now();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#queue.shift();
        next.hand();
        if (!this.#over) this.#drain();
      },
      Math.max(0, wait),
    );
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#done();
  }

  /** The controller as the handler sees it: to pause is to want no more for now. */
  #controls(controller: Controller): Controller {
    const pause = () => {
      this.#wanted = false;
      controller.pause();
    };
    const resume = () => {
      this.#wanted = true;
      this.#drain();
    };
    return new Proxy(controller, {
      get(target, name) {
        if (name === 'pause') return pause;
        if (name === 'resume') return resume;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** For a request that failed before anything could have been controlled. */
function deadController(reason: Error): Controller {
  const ignore = () => undefined;
  return { aborted: true, paused: false, reason, abort: ignore, pause: ignore, resume: ignore };
}
