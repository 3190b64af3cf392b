/** A message has come. */
export interface WebSocketMessageEvent extends Event {
  /** A text as a string, bytes in the form that {@link WebSocket.binaryType} says. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the standard's types, or each program had to cast
  readonly data: any;
  /** Where it came from, such as `wss://example.org`. */
  readonly origin: string;
}

/** A WebSocket has failed. */
export interface WebSocketErrorEvent extends Event {
  /** `net::` and Chromium's name of the error. */
  readonly message: string;
  /** Has the reason as its `cause`. */
  readonly error: Error;
}

/** A WebSocket is closed. */
export interface WebSocketCloseEvent extends Event {
  /** The peer's code (RFC 6455 section 7.4); 1005 where it gave none, 1006 where it said nothing at the end. */
  readonly code: number;
  /** The peer's reason, or nothing. */
  readonly reason: string;
  /** Whether both sides have said that they close. */
  readonly wasClean: boolean;
}

/** Events of {@link WebSocket} by their names. */
export interface WebSocketEventMap {
  /** The last event, exactly once. */
  close: WebSocketCloseEvent;
  /** The connection could not be made, or broke; `close` follows. */
  error: WebSocketErrorEvent;
  message: WebSocketMessageEvent;
  /** Messages can be sent. */
  open: Event;
}

/** The end of a connection. */
export interface End extends Pick<WebSocketCloseEvent, 'code' | 'reason' | 'wasClean'> {
  /** Undefined: nothing has failed. */
  readonly error: Error | undefined;
}

export function messageEvent(data: unknown, origin: string): Event {
  return new MessageEvent('message', { data, origin });
}

export function errorEvent(error: Error): Event {
  return made('ErrorEvent', 'error', { message: error.message, error });
}

export function closeEvent({ code, reason, wasClean }: End): Event {
  return made('CloseEvent', 'close', { code, reason, wasClean });
}

type EventClass = new (type: string, init: object) => Event;

/** An event of one of the standard's classes, which older versions of Node lack; there it only looks the same. */
function made(name: 'CloseEvent' | 'ErrorEvent', type: string, facts: object): Event {
  const Class = (globalThis as unknown as Record<string, EventClass | undefined>)[name];
  if (Class !== undefined) return new Class(type, facts);
  const event = new Event(type);
  for (const [key, value] of Object.entries(facts)) {
    Object.defineProperty(event, key, { value, enumerable: true });
  }
  return event;
}
