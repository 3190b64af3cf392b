import type { Readable } from 'node:stream';
import type { NetErrorCode } from '@netloom/contracts';
import { loadWebSocket } from '@netloom/core';
import { electronError, netError } from '../../errors.js';
import { Handshake, restrictedField } from './handshake.js';
import { Outbox, type Payload } from './outbox.js';
import type { WebSocketContext } from './web-socket-context.js';
import type { End, WebSocketCloseEvent } from './web-socket-events.js';
import type { WebSocketRequest } from './web-socket-options.js';

type UndiciWebSocket = InstanceType<Awaited<ReturnType<typeof loadWebSocket>>>;

/** What a {@link Connection} tells of. No call comes in the turn in which the connection was made or told to close. */
export interface ConnectionEvents {
  onOpen(): void;
  onMessage(data: string | ArrayBuffer): void;
  /** The last call, exactly once. */
  onEnd(end: End): void;
}

/** Milliseconds for the peer to answer a close, and to close the connection after that; as in Chromium. */
const CLOSE_MS = 60_000;
const DISCONNECT_MS = 2_000;

const CODES: Readonly<Record<string, NetErrorCode>> = {
  ECONNRESET: 'ERR_CONNECTION_RESET',
  EPIPE: 'ERR_CONNECTION_RESET',
  ECONNABORTED: 'ERR_CONNECTION_ABORTED',
  ETIMEDOUT: 'ERR_TIMED_OUT',
};

/**
 * A connection of a WebSocket: undici's, which knows the frames, and around it what undici leaves open. That is why it
 * failed, an end in all cases, and deadlines for a peer that never ends it.
 */
export class Connection {
  readonly #request: WebSocketRequest;
  readonly #events: ConnectionEvents;
  readonly #handshake: Handshake;
  readonly #outbox = new Outbox(
    (payload) => this.#undici?.send(payload),
    (error) => this.#fail(netError('ERR_FAILED', error)),
  );
  #undici: UndiciWebSocket | undefined;
  #isOpen = false;
  /** The program has closed it. */
  #closing = false;
  /** undici has begun to close it by itself: because the peer has, or for a wrong frame. */
  #wasClosing = false;
  #failed = false;
  #over = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(request: WebSocketRequest, context: WebSocketContext, events: ConnectionEvents) {
    this.#request = request;
    this.#events = events;
    this.#handshake = new Handshake(request, context, () => this.#onSocketClosed());
    this.#connect().catch((error: Error) => this.#fail(electronError(error)));
  }

  /** Whether the peer, or a wrong frame of it, has begun to close an open connection. */
  get isClosing(): boolean {
    return this.#undici !== undefined && this.#undici.readyState >= this.#undici.CLOSING;
  }

  get bufferedAmount(): number {
    return (this.#undici?.bufferedAmount ?? 0) + this.#outbox.waitingBytes;
  }

  get protocol(): string {
    return this.#isOpen ? (this.#undici?.protocol ?? '') : '';
  }

  get extensions(): string {
    return this.#isOpen ? (this.#undici?.extensions ?? '') : '';
  }

  send(payload: Payload): void {
    this.#outbox.send(payload);
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#closing = true;
    if (!this.#isOpen) {
      this.#handshake.abort();
      const cause = new Error('WebSocket is closed before the connection is established.');
      setImmediate(() => this.#fail(netError('ERR_ABORTED', cause)));
      return;
    }
    this.#outbox.afterwards(() => {
      this.#undici?.close(code, reason);
      this.#endWithin(CLOSE_MS);
    });
  }

  async #connect(): Promise<void> {
    const { url, protocols, headers } = this.#request;
    const UndiciWebSocket = await loadWebSocket();
    if (this.#closing) return;
    const restricted = restrictedField(headers);
    if (restricted !== undefined) {
      throw netError('ERR_INVALID_ARGUMENT', new TypeError(`the field ${restricted} is set by the network stack`));
    }
    const undici = new UndiciWebSocket(url.href, {
      protocols: [...protocols],
      // All that is asked of a dispatcher.
      dispatcher: this.#handshake as never,
    });
    this.#undici = undici;
    undici.binaryType = 'arraybuffer';
    undici.addEventListener('open', () => this.#onOpen());
    undici.addEventListener('message', ({ data }) => this.#onMessage(data));
    undici.addEventListener('error', () => {
      this.#failed = true;
    });
    undici.addEventListener('close', ({ code, reason, wasClean }) => this.#onClose({ code, reason, wasClean }));
  }

  #onOpen(): void {
    if (this.#over || this.#closing) return;
    this.#isOpen = true;
    // undici reads a piece before this does, and says of a close of the peer's only that it is CLOSING.
    this.#handshake.socket?.on('data', this.#afterPiece);
    this.#events.onOpen();
  }

  #onMessage(data: string | ArrayBuffer): void {
    if (this.#over) return;
    this.#events.onMessage(data);
    // What was compressed is read later than its piece came.
    if (this.#undici?.extensions !== '') queueMicrotask(this.#afterPiece);
  }

  readonly #afterPiece = (): void => {
    // After a close of the program's there is a deadline already.
    if (!this.isClosing || this.#wasClosing || this.#closing || this.#over) return;
    this.#wasClosing = true;
    this.#endWithin(DISCONNECT_MS);
  };

  #endWithin(ms: number): void {
    clearTimeout(this.#deadline);
    if (!this.#over) this.#deadline = setTimeout(() => this.#handshake.socket?.destroy(), ms);
  }

  #onSocketClosed(): void {
    this.#wasClosing ||= this.isClosing;
    // undici has heard of it by then, unless the socket closed before undici had it.
    setImmediate(() => this.#fail(this.#reason()));
  }

  #onClose(end: Pick<WebSocketCloseEvent, 'code' | 'reason' | 'wasClean'>): void {
    if (this.#closing && !this.#isOpen) return;
    // Whoever closes it hears of no failure because the peer goes without an answer; neither do pages in Chromium.
    this.#end({ ...end, error: this.#failed && !this.#closing ? this.#reason() : undefined });
  }

  #fail(error: Error): void {
    this.#end({ code: 1006, reason: '', wasClean: false, error });
  }

  #end(end: End): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#handshake.abort();
    this.#events.onEnd(end);
  }

  #reason(): Error {
    const { failure } = this.#handshake;
    const socket = this.#handshake.socket as Readable | undefined;
    if (failure !== undefined) return electronError(failure);
    // Some ports belong to other protocols (Fetch section 2.9), and undici asks nobody to go there.
    if (!this.#handshake.isSent) return netError('ERR_UNSAFE_PORT');
    if (!this.#isOpen) return netError('ERR_INVALID_RESPONSE', new Error('Error during WebSocket handshake'));
    if (socket?.errored) {
      return netError(CODES[(socket.errored as NodeJS.ErrnoException).code ?? ''] ?? 'ERR_FAILED', socket.errored);
    }
    if (socket?.readableEnded) return netError('ERR_CONNECTION_CLOSED');
    // Nobody but undici and the session closes a socket here.
    return netError(this.#wasClosing ? 'ERR_WS_PROTOCOL_ERROR' : 'ERR_ABORTED');
  }
}
