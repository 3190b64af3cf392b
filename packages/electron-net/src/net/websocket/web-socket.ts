import { app } from '../../app/app.js';
import { networkOf } from '../../session/browsing-session.js';
import { session } from '../../session/sessions.js';
import { givenSession } from '../given-session.js';
import { Connection } from './connection.js';
import { type EventHandler, EventHandlers } from './event-handlers.js';
import { byteLength, bytesOf, type Payload } from './outbox.js';
import {
  closeEvent,
  type End,
  errorEvent,
  messageEvent,
  type WebSocketCloseEvent,
  type WebSocketErrorEvent,
  type WebSocketEventMap,
  type WebSocketMessageEvent,
} from './web-socket-events.js';
import { parseWebSocketOptions, type WebSocketOptions } from './web-socket-options.js';

const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;
const BINARY_TYPES: readonly unknown[] = ['nodebuffer', 'arraybuffer', 'blob'];

/**
 * A WebSocket as the standard has it, over a session: by its proxies, with its sign-in and its trust in certificates. A
 * `login` question of the handshake is put as that of a `fetch`.
 *
 * Sessions can close its connection, by {@link Session.closeAllConnections}; it keeps the process alive until it is closed.
 *
 * @example
 * ```ts
 * import { app, net } from '@netloom/electron-net';
 *
 * await app.whenReady();
 * const socket = new net.WebSocket('wss://example.org/chat', { protocols: 'chat', useSessionCookies: true });
 * socket.addEventListener('open', () => socket.send('hello'));
 * socket.addEventListener('message', ({ data }) => console.log(data));
 * socket.addEventListener('error', ({ message }) => console.error(message)); // such as net::ERR_CONNECTION_REFUSED
 * socket.addEventListener('close', ({ code, reason }) => console.log(code, reason));
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: overloads of inherited methods, nothing to initialise
export class WebSocket extends EventTarget {
  /** The handshake is under way. */
  declare static readonly CONNECTING: 0;
  /** Messages can be sent. */
  declare static readonly OPEN: 1;
  /** One side has said that it closes. */
  declare static readonly CLOSING: 2;
  /** There is no connection any more, or there never was one. */
  declare static readonly CLOSED: 3;
  /** The same as {@link WebSocket.CONNECTING} of the class. */
  declare readonly CONNECTING: 0;
  /** The same as {@link WebSocket.OPEN} of the class. */
  declare readonly OPEN: 1;
  /** The same as {@link WebSocket.CLOSING} of the class. */
  declare readonly CLOSING: 2;
  /** The same as {@link WebSocket.CLOSED} of the class. */
  declare readonly CLOSED: 3;
  /** Where it connects to, as `ws:` or `wss:`. */
  readonly url: string;
  readonly #origin: string;
  readonly #connection: Connection;
  readonly #handlers = new EventHandlers<WebSocketEventMap>(this);
  #state: number = STATES.CONNECTING;
  #binaryType: 'nodebuffer' | 'arraybuffer' | 'blob' = 'nodebuffer';
  /** Bytes of what was sent too late. */
  #unsent = 0;

  static {
    for (const [name, value] of Object.entries(STATES)) {
      for (const owner of [WebSocket, WebSocket.prototype]) {
        Object.defineProperty(owner, name, { value, enumerable: true });
      }
    }
    Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });
  }

  /**
   * Begins to connect.
   *
   * @param url - a `ws:` or `wss:` URL; those of `http:` and `https:` are taken for these. User info answers a 401.
   * @param protocols - subprotocols to choose from, or options.
   * @throws Error before the app is ready; DOMException `SyntaxError` for a URL or a subprotocol that is none; TypeError
   * for options of a wrong type; Error for a field that cannot be sent.
   */
  constructor(url: string, protocols?: string | string[] | WebSocketOptions) {
    super();
    if (!app.isReady()) throw new Error('net module can only be used after app is ready');
    const request = parseWebSocketOptions(url, protocols);
    const network = networkOf(givenSession(request) ?? session.defaultSession);
    this.url = request.url.href;
    this.#origin = request.url.origin;
    this.#connection = new Connection(request, network, {
      onOpen: () => this.#onOpen(),
      onMessage: (data) => this.#onMessage(data),
      onEnd: (end) => this.#onEnd(end),
    });
  }

  /** One of {@link WebSocket.CONNECTING}, {@link WebSocket.OPEN}, {@link WebSocket.CLOSING}, {@link WebSocket.CLOSED}. */
  get readyState(): number {
    return this.#state === STATES.OPEN && this.#connection.isClosing ? STATES.CLOSING : this.#state;
  }

  /** Bytes of messages that have been sent and not been handed to the network yet. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount + this.#unsent;
  }

  /** The extensions that the server has chosen, such as `permessage-deflate`. Empty until it is open. */
  get extensions(): string {
    return this.#connection.extensions;
  }

  /** The subprotocol that the server has chosen. Empty until it is open. */
  get protocol(): string {
    return this.#connection.protocol;
  }

  /**
   * How messages of bytes are delivered: as a Buffer (`nodebuffer`), an ArrayBuffer or a Blob. Default `nodebuffer`.
   * Anything else is passed over.
   */
  get binaryType(): 'nodebuffer' | 'arraybuffer' | 'blob' {
    return this.#binaryType;
  }

  set binaryType(type: 'nodebuffer' | 'arraybuffer' | 'blob') {
    if (BINARY_TYPES.includes(type)) this.#binaryType = type;
  }

  /** Handler of `open`. */
  get onopen(): EventHandler<Event> {
    return this.#handlers.get('open');
  }

  set onopen(handler: EventHandler<Event>) {
    this.#handlers.set('open', handler);
  }

  /** Handler of `message`. */
  get onmessage(): EventHandler<WebSocketMessageEvent> {
    return this.#handlers.get('message');
  }

  set onmessage(handler: EventHandler<WebSocketMessageEvent>) {
    this.#handlers.set('message', handler);
  }

  /** Handler of `error`. */
  get onerror(): EventHandler<WebSocketErrorEvent> {
    return this.#handlers.get('error');
  }

  set onerror(handler: EventHandler<WebSocketErrorEvent>) {
    this.#handlers.set('error', handler);
  }

  /** Handler of `close`. */
  get onclose(): EventHandler<WebSocketCloseEvent> {
    return this.#handlers.get('close');
  }

  set onclose(handler: EventHandler<WebSocketCloseEvent>) {
    this.#handlers.set('close', handler);
  }

  /**
   * Sends a message: a text, or the bytes of anything else. It is dropped when the WebSocket is closing or closed.
   *
   * @throws DOMException `InvalidStateError` while it is connecting.
   */
  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    const payload = payloadOf(data);
    const state = this.readyState;
    if (state === STATES.CONNECTING) {
      throw new DOMException(
        "Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.",
        'InvalidStateError',
      );
    }
    if (state === STATES.OPEN) this.#connection.send(payload);
    else this.#unsent += byteLength(payload);
  }

  /**
   * Closes the connection when what was sent before is through; ends the handshake when it is under way.
   *
   * @param code - 1000, or from 3000 to 4999. Default: none is sent.
   * @param reason - at most 123 bytes of UTF-8.
   * @throws DOMException `InvalidAccessError` for another code, `SyntaxError` for a reason that is longer.
   */
  close(code?: number, reason?: string): void {
    const checked = code === undefined ? undefined : closeCode(code);
    const text = reason === undefined ? undefined : String(reason);
    if (text !== undefined && Buffer.byteLength(text) > 123) {
      throw new DOMException(
        "Failed to execute 'close' on 'WebSocket': The message must not be greater than 123 bytes.",
        'SyntaxError',
      );
    }
    if (this.readyState >= STATES.CLOSING) return;
    this.#state = STATES.CLOSING;
    this.#connection.close(checked, text);
  }

  #onOpen(): void {
    this.#state = STATES.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  #onMessage(data: string | ArrayBuffer): void {
    if (this.#state !== STATES.OPEN) return;
    this.dispatchEvent(messageEvent(typeof data === 'string' ? data : this.#inForm(data), this.#origin));
  }

  #onEnd(end: End): void {
    this.#state = STATES.CLOSED;
    if (end.error !== undefined) this.dispatchEvent(errorEvent(end.error));
    this.dispatchEvent(closeEvent(end));
  }

  #inForm(data: ArrayBuffer): Buffer | ArrayBuffer | Blob {
    if (this.#binaryType === 'arraybuffer') return data;
    return this.#binaryType === 'blob' ? new Blob([data]) : Buffer.from(data);
  }
}

function payloadOf(data: unknown): Payload {
  if (data instanceof Blob || data instanceof ArrayBuffer) return data;
  if (data instanceof SharedArrayBuffer) return new Uint8Array(data).slice();
  if (!ArrayBuffer.isView(data)) return String(data);
  // undici takes no bytes that another thread may change.
  return data.buffer instanceof SharedArrayBuffer ? bytesOf(data).slice() : data;
}

/** A code as the standard converts it: a whole number of 16 bits, into which all others are forced. */
function closeCode(given: number): number {
  const code = Math.round(Math.min(Math.max(Number(given) || 0, 0), 65_535));
  if (code === 1000 || (code >= 3000 && code <= 4999)) return code;
  throw new DOMException(
    `Failed to execute 'close' on 'WebSocket': The close code must be either 1000, or between 3000 and 4999. ${code} is neither.`,
    'InvalidAccessError',
  );
}

type Name = keyof WebSocketEventMap;
type Listener = Parameters<EventTarget['addEventListener']>[1];

export interface WebSocket {
  addEventListener<E extends Name>(
    type: E,
    listener: (event: WebSocketEventMap[E]) => unknown,
    options?: Parameters<EventTarget['addEventListener']>[2],
  ): void;
  addEventListener(type: string, listener: Listener, options?: Parameters<EventTarget['addEventListener']>[2]): void;
  removeEventListener<E extends Name>(
    type: E,
    listener: (event: WebSocketEventMap[E]) => unknown,
    options?: Parameters<EventTarget['removeEventListener']>[2],
  ): void;
  removeEventListener(
    type: string,
    listener: Listener,
    options?: Parameters<EventTarget['removeEventListener']>[2],
  ): void;
}
