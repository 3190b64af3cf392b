import type { Duplex } from 'node:stream';
import { NetError } from '@netloom/contracts';
import type { Client } from '@netloom/core';
import { toFieldText } from '../net/request-headers.js';
import { toFieldMap } from '../net/response-head.js';
import type { HeadersReceivedResponse } from './details.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];
type Fields = Parameters<NonNullable<Handler['onResponseStart']>>[2];

/** Asks about the head of a response; undefined: nobody is there to be asked. */
export type AskAboutHead = (
  status: number,
  message: string | undefined,
  fields: Fields,
  controller: Controller,
) => Promise<HeadersReceivedResponse> | undefined;

const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?\s+([1-5]\d\d)(?:\s+(.*))?$/i;

/** Keeps a response back while somebody is asked about its head, and hands it on as he wants it. */
export class HeldResponse implements Handler {
  readonly #handler: Handler;
  readonly #ask: AskAboutHead;
  /** What has come meanwhile. Undefined: nothing is kept back. */
  #held: (() => void)[] | undefined;
  /** What is handed on in place of the controller that came, where the head was changed. */
  #changed: ChangedHead | undefined;
  #over = false;

  constructor(handler: Handler, ask: AskAboutHead) {
    this.#handler = handler;
    this.#ask = ask;
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(controller: Controller, status: number, fields: Fields, socket: Duplex): void {
    const asked = this.#ask(status, 'Switching Protocols', fields, controller);
    if (asked === undefined) {
      this.#handler.onRequestUpgrade?.(controller, status, fields as never, socket);
      return;
    }
    let failure: Error | undefined;
    const onError = (error: Error) => {
      failure = error;
    };
    socket.once('error', onError);
    asked
      .then(() => {
        socket.off('error', onError);
        if (socket.destroyed) throw new NetError('ERR_CONNECTION_CLOSED', { cause: failure });
        this.#handler.onRequestUpgrade?.(controller, status, fields as never, socket);
      })
      .catch((error: Error) => {
        socket.destroy();
        this.#handler.onResponseError?.(controller, error);
      });
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, message?: string): void {
    const asked = status < 200 ? undefined : this.#ask(status, message, fields, controller);
    if (asked === undefined) {
      this.#handler.onResponseStart?.(controller, status, fields, message);
      return;
    }
    this.#held = [];
    controller.pause();
    asked.then(
      (answer) => this.#release(controller, status, fields, message, answer),
      (error: Error) => {
        if (this.#over) return;
        this.#held = undefined;
        controller.abort(error);
        // What has ended already cannot be aborted.
        this.onResponseError(controller, error);
      },
    );
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#pass(() => this.#handler.onResponseData?.(this.#changed?.of(controller) ?? controller, chunk));
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    this.#pass(() => {
      this.#over = true;
      this.#handler.onResponseEnd?.(this.#changed?.of(controller) ?? controller, trailers);
    });
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#held = undefined;
    this.#handler.onResponseError?.(controller, error);
  }

  #pass(hand: () => void): void {
    if (this.#over) return;
    if (this.#held === undefined) hand();
    else this.#held.push(hand);
  }

  #release(
    controller: Controller,
    status: number,
    fields: Fields,
    message: string | undefined,
    { responseHeaders, statusLine }: HeadersReceivedResponse,
  ): void {
    if (this.#over) return;
    const isChanged = typeof responseHeaders === 'object' && responseHeaders !== null;
    const given = isChanged ? STATUS_LINE.exec(String(statusLine ?? '')) : null;
    const head = isChanged ? toFieldList(responseHeaders) : undefined;
    if (head !== undefined) this.#changed = new ChangedHead(head);
    // Whoever takes the head may pause again, and what comes at once comes after it.
    controller.resume();
    this.#handler.onResponseStart?.(
      this.#changed?.of(controller) ?? controller,
      given ? Number(given[1]) : status,
      head === undefined ? fields : toFieldMap(head),
      given ? (given[2] ?? '') : message,
    );
    // More may come while this is handed on.
    const held = this.#held ?? [];
    for (let i = 0; i < held.length && !this.#over; i++) held[i]?.();
    this.#held = undefined;
  }
}

function toFieldList(fields: Record<string, string | string[]>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((one) => [name, toFieldText(one)]),
  );
}

/** Controllers of a response whose head is another one than came. */
class ChangedHead {
  readonly #rawHeaders: readonly string[];
  readonly #made = new WeakMap<Controller, Controller>();

  constructor(rawHeaders: readonly string[]) {
    this.#rawHeaders = rawHeaders;
  }

  of(controller: Controller): Controller {
    let made = this.#made.get(controller);
    if (made === undefined) {
      made = new ControllerOfChangedHead(controller, this.#rawHeaders);
      this.#made.set(controller, made);
    }
    return made;
  }
}

class ControllerOfChangedHead implements Controller {
  readonly #controller: Controller;
  readonly rawHeaders: string[];

  constructor(controller: Controller, rawHeaders: readonly string[]) {
    this.#controller = controller;
    this.rawHeaders = [...rawHeaders];
  }

  get rawTrailers() {
    return this.#controller.rawTrailers ?? null;
  }

  get aborted(): boolean {
    return this.#controller.aborted;
  }

  get paused(): boolean {
    return this.#controller.paused;
  }

  get reason(): Error | null {
    return this.#controller.reason;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  pause(): void {
    this.#controller.pause();
  }

  resume(): void {
    this.#controller.resume();
  }
}
