import type { Readable } from 'node:stream';
import { isNetError, NetError } from '@netloom/contracts';
import type { Client } from '@netloom/core';
import { toFieldMap } from '../net/response-head.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];

/** A response that is made in this process. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  readonly body: Readable | null;
  /** Whether it is the response of another server, which may not lead to where the program may. */
  readonly isPassedOn?: boolean;
}

/** Ends a body that nobody reads, and nobody hears the errors of. */
export function discardBody(body: Readable | null): void {
  body?.on('error', () => undefined).destroy();
}

const madeHere = new WeakSet<object>();

/** Whether header fields were made by the program itself, which may redirect to wherever it likes. */
export function isMadeHere(fields: object): boolean {
  return madeHere.has(fields);
}

/** Says that header fields were made by the program itself; returns them. */
export function asMadeHere<T extends object>(fields: T): T {
  madeHere.add(fields);
  return fields;
}

/** Gives a handler an answer as if it had come over the network. */
export function serveAnswer(answer: Answer, handler: Handler): void {
  new LocalResponse(answer, handler).begin();
}

/** An answer on its way to a handler. */
class LocalResponse implements Controller {
  readonly rawHeaders: string[];
  readonly rawTrailers = null;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  readonly #answer: Answer;
  readonly #handler: Handler;
  #over = false;

  constructor(answer: Answer, handler: Handler) {
    this.#answer = answer;
    this.#handler = handler;
    this.rawHeaders = [...answer.fields];
  }

  begin(): void {
    const { status, statusText, fields, body, isPassedOn } = this.#answer;
    const head = toFieldMap(fields);
    if (!isPassedOn) asMadeHere(head);
    const onClose = () => this.#fail(new NetError('ERR_FAILED', { detail: 'the body ended too early' }));
    body?.on('error', (error) => this.#fail(failureOf(error)));
    body?.on('close', onClose);
    this.#handler.onRequestStart?.(this, undefined);
    if (this.#over) return;
    // It was over before anybody listened.
    if (body?.closed || body?.readableEnded) {
      onClose();
      return;
    }
    this.#handler.onResponseStart?.(this, status, head, statusText);
    if (this.#over) return;
    if (body === null) {
      this.#end();
      return;
    }
    body.on('data', (chunk: unknown) => this.#handler.onResponseData?.(this, toBuffer(chunk)));
    body.on('end', () => this.#end());
    if (this.paused) body.pause();
  }

  pause(): void {
    this.paused = true;
    this.#answer.body?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#answer.body?.resume();
  }

  abort(reason: Error): void {
    if (this.#over || this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#fail(reason);
    discardBody(this.#answer.body);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseEnd?.(this, {});
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseError?.(this, error);
  }
}

/** Programs make bodies of texts, too. */
function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(String(chunk));
}

function failureOf(cause: Error): Error {
  return isNetError(cause) ? cause : new NetError('ERR_FAILED', { cause });
}
