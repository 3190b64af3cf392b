import type { Duplex } from 'node:stream';
import { NetError } from '@netloom/contracts';
import { type Client, type DispatchOptions, WEB_SOCKET_LIMITS } from '@netloom/core';
import { netError } from '../../errors.js';
import { parsedUrl } from '../parsed-url.js';
import { type HeaderEntries, isRestricted, toFieldText } from '../request-headers.js';
import type { WebSocketContext } from './web-socket-context.js';
import type { WebSocketRequest } from './web-socket-options.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];
type Fields = Parameters<NonNullable<Handler['onRequestUpgrade']>>[2];

/** What undici says of a handshake, and what of its handler is called. */
export interface UndiciHandshake {
  readonly options: { readonly method: string; readonly headers: Readonly<Record<string, string>> };
  readonly handler: {
    onConnect(abort: (reason?: Error) => void): void;
    onRequestUpgrade(controller: Controller, status: number, headers: Fields, socket: Duplex): void;
    onError(error: Error): void;
  };
}

/** Fields of the protocol, which undici makes, as they are written. */
const PROTOCOL_FIELDS: Readonly<Record<string, string>> = {
  'sec-websocket-version': 'Sec-WebSocket-Version',
  'sec-websocket-key': 'Sec-WebSocket-Key',
  'sec-websocket-extensions': 'Sec-WebSocket-Extensions',
  'sec-websocket-protocol': 'Sec-WebSocket-Protocol',
};

/**
 * The opening handshake of one WebSocket, and what undici's WebSocket takes for its dispatcher. It sends the request by the
 * session's client and keeps the two things that undici tells nobody: why it failed, and the socket.
 */
export class Handshake implements Handler {
  readonly webSocketOptions = WEB_SOCKET_LIMITS;
  readonly #request: WebSocketRequest;
  readonly #context: WebSocketContext;
  readonly #onSocketClosed: () => void;
  #undici: UndiciHandshake['handler'] | undefined;
  #controller: Controller | undefined;
  #aborted = false;
  /** Why there is no connection. */
  failure: Error | undefined;
  /** The connection, once the protocol was changed. */
  socket: Duplex | undefined;

  /** @param onSocketClosed - called before anybody else hears of it. */
  constructor(request: WebSocketRequest, context: WebSocketContext, onSocketClosed: () => void) {
    this.#request = request;
    this.#context = context;
    this.#onSocketClosed = onSocketClosed;
  }

  /** Called by undici. */
  dispatch({ method, headers }: UndiciHandshake['options'], handler: UndiciHandshake['handler']): boolean {
    this.#undici = handler;
    const { url, useSessionCookies } = this.#request;
    const { address, target } = parsedUrl(url.href.replace(/^ws/, 'http'));
    const options: DispatchOptions = {
      origin: address,
      path: target,
      method,
      headers: this.#fields(headers),
      upgrade: 'websocket',
      redirect: 'error',
      credentials: 'include',
      credentialsProvider: this.#context.askForFetch,
      cookies: useSessionCookies,
      cache: 'no-store',
    };
    try {
      this.#context.client.dispatch(options, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
    return true;
  }

  /** Whether undici has asked for it. */
  get isSent(): boolean {
    return this.#undici !== undefined;
  }

  /** Gives up what is under way, and the connection where there is one. */
  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(new NetError('ERR_ABORTED'));
    this.socket?.destroy();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new NetError('ERR_ABORTED'));
    else this.#undici?.onConnect((reason) => controller.abort(reason ?? new NetError('ERR_ABORTED')));
  }

  onRequestUpgrade(controller: Controller, status: number, headers: Fields, socket: Duplex): void {
    this.socket = socket;
    const { webSockets } = this.#context;
    webSockets.add(socket);
    socket.once('close', () => {
      webSockets.delete(socket);
      this.#onSocketClosed();
    });
    this.#undici?.onRequestUpgrade(controller, status, onlyUpgrade(headers), socket);
  }

  /** Only a change of the protocol is of use; a redirect is not followed (WHATWG WebSockets section 2.1). */
  onResponseStart(controller: Controller, status: number): void {
    if (status < 200) return;
    const cause = new Error(`Error during WebSocket handshake: Unexpected response code: ${status}`);
    controller.abort(netError(status === 407 ? 'ERR_TUNNEL_CONNECTION_FAILED' : 'ERR_INVALID_RESPONSE', cause));
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.failure ??= error;
    this.#undici?.onError(error);
  }

  #fields(undici: Readonly<Record<string, string>>): string[] {
    const { headers, origin } = this.#request;
    const { userAgent, acceptLanguage } = this.#context;
    const fields: string[] = [];
    for (const [key, { name, value }] of Object.entries(headers)) {
      if (key !== 'origin') fields.push(name, toFieldText(value));
    }
    const add = (name: string, value: string) => {
      if (value !== '' && headers[name.toLowerCase()] === undefined) fields.push(name, toFieldText(value));
    };
    add('Pragma', 'no-cache');
    add('Cache-Control', 'no-cache');
    add('User-Agent', userAgent);
    add('Accept-Language', acceptLanguage);
    fields.push('Origin', toFieldText(origin));
    for (const [name, value] of Object.entries(undici)) {
      const written = PROTOCOL_FIELDS[name];
      if (written !== undefined) fields.push(written, value);
    }
    return fields;
  }
}

/** RFC 6455 section 4.1 has `Upgrade` be one of the tokens of `Connection`, undici has it be the only one. */
function onlyUpgrade(headers: Fields): Fields {
  const tokens = String(headers.connection).toLowerCase().split(',');
  return tokens.some((token) => token.trim() === 'upgrade') ? { ...headers, connection: 'Upgrade' } : headers;
}

/** The first field that a program may not set, since the handshake is made of it. */
export function restrictedField(headers: HeaderEntries): string | undefined {
  return Object.entries(headers).find(
    ([name, { value }]) => name === 'connection' || name.startsWith('sec-websocket-') || isRestricted(name, value),
  )?.[1].name;
}
