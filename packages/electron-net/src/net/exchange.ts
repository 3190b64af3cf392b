import { type CredentialsProvider, NetError } from '@netloom/contracts';
import type { Client, DispatchOptions, ServedBy } from '@netloom/core';
import { apart } from '../emit.js';
import { electronError } from '../errors.js';
import { originOf } from './fetch-metadata.js';
import { IncomingMessage, type ResponseSource } from './incoming-message.js';
import { OutgoingFields } from './outgoing-fields.js';
import { parsedUrl } from './parsed-url.js';
import type { RequestContext } from './request-context.js';
import type { Request } from './request-options.js';
import { flatten, toHeaderLists, toHeaders, toRawHeaders } from './response-head.js';
import type { Upload } from './upload.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];
type Fields = Record<string, string | string[] | undefined>;

/** What a request hears of its exchange. */
export interface ExchangeEvents {
  /** The whole body has been sent. */
  onUploaded(bytes: number): void;
  /** @throws Error when the redirect is not to be followed. */
  onRedirect(status: number, method: string, url: string, headers: Record<string, string[]>): void;
  /** Returns whether anybody takes the response. */
  onResponse(response: IncomingMessage): boolean;
  /** The exchange failed before there was a response that could say so. */
  onError(error: Error): void;
  /** Nothing further happens, or nothing that the request would have to wait for. */
  onDone(): void;
  readonly ask: CredentialsProvider;
}

/** One request on its way through a client, and its response. */
export class Exchange implements Handler, ResponseSource {
  readonly #request: Request;
  readonly #context: RequestContext;
  readonly #events: ExchangeEvents;
  #bytes: number | undefined;
  #served: ServedBy | undefined;
  #controller: Controller | undefined;
  #response: IncomingMessage | undefined;
  /** Somebody listened for the response. */
  #taken = false;
  /** No more comes from the network: everything has come, it failed, or it is not wanted any more. */
  #over = false;
  /** The request does not wait for the response (any more). */
  #left = false;

  constructor(request: Request, context: RequestContext, events: ExchangeEvents) {
    this.#request = request;
    this.#context = context;
    this.#events = events;
  }

  /** Sends the request, unless it has been closed meanwhile. */
  start(upload: Upload | undefined): void {
    if (this.#over) return;
    try {
      this.#dispatch(upload);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  /** The request was closed, by the program or because nothing further happens to it. */
  onRequestClosed(): void {
    if (!this.#left) this.cancel();
  }

  /** Ends what is still under way. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new NetError('ERR_ABORTED'));
    this.#response?.destroy();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  onClosed(): void {
    this.cancel();
    this.#leave();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new NetError('ERR_ABORTED'));
  }

  onResponseStart(controller: Controller, statusCode: number, headers: Fields, statusMessage = ''): void {
    if (this.#over || statusCode < 200) return;
    this.#controller = controller;
    if (this.#bytes !== undefined) this.#events.onUploaded(this.#bytes);
    const response = new IncomingMessage(
      {
        statusCode,
        statusMessage,
        httpVersion: this.#served?.connection?.protocol === 'h2' ? { major: 2, minor: 0 } : { major: 1, minor: 1 },
        fields: (controller.rawHeaders as Buffer[] | null | undefined) ?? flatten(headers),
      },
      this,
    );
    this.#response = response;
    this.#taken = this.#events.onResponse(response);
    if (!this.#taken) response.resume();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const response = this.#response;
    if (this.#over || response === undefined) return;
    if (apart(() => response.push(chunk), true)) return;
    controller.pause();
    this.#leaveIfUnread(response);
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    const response = this.#response;
    if (this.#over || response === undefined) return;
    this.#over = true;
    response.rawTrailers = toRawHeaders((controller.rawTrailers as Buffer[] | null | undefined) ?? flatten(trailers));
    response.trailers = toHeaders(response.rawTrailers);
    response.push(null);
    this.#leaveIfUnread(response);
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const failure = electronError(error);
    if (!this.#taken) this.#events.onError(failure);
    this.#response?.destroy(this.#taken ? failure : undefined);
  }

  #dispatch(upload: Upload | undefined): void {
    const { method, useSessionCookies, credentials, origin, cache } = this.#request;
    const { url, address, target } = parsedUrl(this.#request.url);
    const fields = new OutgoingFields(this.#request);
    const headers = fields.first(url, this.#context);
    const bytes = upload?.body?.length;
    if (typeof upload?.content === 'function') headers.push('Content-Length', String(bytes));
    this.#bytes = bytes;
    fields.upload = upload?.body;
    const mode = credentials === 'same-origin' ? (originOf(origin) === url.origin ? 'include' : 'omit') : credentials;
    const options: DispatchOptions = {
      origin: address,
      path: target,
      method,
      headers,
      body: upload?.content,
      redirect: 'follow',
      onRedirect: ({ status, method, to, headers }) =>
        this.#events.onRedirect(status, method, to.href, toHeaderLists(headers)),
      credentials: mode === 'omit' ? 'omit' : 'include',
      credentialsProvider: this.#events.ask,
      cookies: mode === undefined ? useSessionCookies === true : mode === 'include',
      cache,
      opaque: fields,
    };
    this.#served = this.#context.client.dispatch(options, this);
    fields.served = this.#served;
  }

  /** A response that nobody reads, or has not begun to read, holds the request up no longer. */
  #leaveIfUnread(response: IncomingMessage): void {
    if (response.readableFlowing !== null) return;
    // A program that waits for the response by a promise begins to read a little later.
    setImmediate(() => {
      if (response.readableFlowing === null) this.#leave();
    });
  }

  #leave(): void {
    this.#left = true;
    this.#events.onDone();
  }
}
