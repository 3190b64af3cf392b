import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { NetError } from '@netloom/contracts';
import type { Client } from '@netloom/core';
import { toFieldList } from '../net/header-list.js';
import { toFieldMap } from '../net/response-head.js';
import { asMadeHere, isMadeHere } from '../protocol/answer.js';
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

/** An interim status would leave the request without a response. */
const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?\s+([2-5]\d\d)(?:\s+(.*))?$/i;

/** Keeps a response back while somebody is asked about its head, and hands it on as he wants it. */
export class HeldResponse implements Handler {
  readonly #handler: Handler;
  readonly #ask: AskAboutHead;
  /** What the handler controls a response by that was kept back; undefined: it controls the connection itself. */
  #controller: HeldController | undefined;
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
    const waiting = new AbortController();
    const lost = (cause?: unknown): never => {
      throw new NetError('ERR_CONNECTION_CLOSED', { cause });
    };
    const closed = once(socket, 'close', waiting).then(() => lost(), lost);
    Promise.race([asked, closed])
      .then(() => {
        waiting.abort();
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
    const held = new HeldController(controller, (reason) => this.onResponseError(held, reason));
    this.#controller = held;
    held.pause();
    // Whoever decides on a response must be told of its abort by nobody but the handler.
    asked
      .then((answer) => {
        if (this.#over) return;
        const begin = this.#beginning(held, status, fields, message, answer);
        held.hand(begin, true);
        held.resume();
      })
      .catch((error: Error) => held.abort(error));
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const held = this.#controller;
    if (held === undefined) this.#handler.onResponseData?.(controller, chunk);
    else held.hand(() => this.#handler.onResponseData?.(held, chunk));
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    const held = this.#controller;
    if (held === undefined) {
      this.#handler.onResponseEnd?.(controller, trailers);
      return;
    }
    held.hand(() => {
      this.#over = true;
      this.#handler.onResponseEnd?.(held, trailers);
    });
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.drop();
    this.#handler.onResponseError?.(this.#controller ?? controller, error);
  }

  /** @throws what a value that is no text throws. */
  #beginning(
    held: HeldController,
    status: number,
    fields: Fields,
    message: string | undefined,
    { responseHeaders, statusLine }: HeadersReceivedResponse,
  ): () => void {
    if (typeof responseHeaders !== 'object' || responseHeaders === null) {
      return () => this.#handler.onResponseStart?.(held, status, fields, message);
    }
    const list = toFieldList(responseHeaders);
    held.rawHeaders = list;
    const head = toFieldMap(list);
    if (isMadeHere(fields)) asMadeHere(head);
    const given = STATUS_LINE.exec(String(statusLine ?? ''));
    return () =>
      this.#handler.onResponseStart?.(
        held,
        given ? Number(given[1]) : status,
        head,
        given ? (given[2] ?? '') : message,
      );
  }
}

/** Controls a response that is handed on later than it comes, and can be aborted even when it has come to its end. */
class HeldController implements Controller {
  rawHeaders: Exclude<Controller['rawHeaders'], undefined>;
  paused = false;
  reason: Error | null = null;
  readonly #source: Controller;
  readonly #onAbort: (reason: Error) => void;
  /** What has come and is not handed on yet. */
  #waiting: (() => void)[] = [];
  #isHanding = false;

  constructor(source: Controller, onAbort: (reason: Error) => void) {
    this.#source = source;
    this.#onAbort = onAbort;
    this.rawHeaders = source.rawHeaders ?? null;
  }

  get rawTrailers(): Exclude<Controller['rawTrailers'], undefined> {
    return this.#source.rawTrailers ?? null;
  }

  get aborted(): boolean {
    return this.reason !== null || this.#source.aborted;
  }

  pause(): void {
    this.paused = true;
    this.#source.pause();
  }

  resume(): void {
    this.paused = false;
    this.#handAll();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.reason = reason;
    this.#source.abort(reason);
    this.#onAbort(reason);
  }

  /** Hands a part of the response on, when it is wanted; `first`: before all others. */
  hand(part: () => void, first = false): void {
    if (first) this.#waiting.unshift(part);
    else this.#waiting.push(part);
    this.#handAll();
  }

  /** Nothing more is handed on. */
  drop(): void {
    this.#waiting = [];
  }

  #handAll(): void {
    if (this.#isHanding) return;
    this.#isHanding = true;
    while (!this.paused && this.#waiting.length > 0) this.#waiting.shift()?.();
    this.#isHanding = false;
    if (!this.paused) this.#source.resume();
  }
}
