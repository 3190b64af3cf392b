import type { ProtocolCallback, ProtocolRequest } from './legacy-handler.js';
import type { CustomScheme } from './schemes.js';
import type { ProtocolSource } from './source.js';

/** Answers a request by calling back, at once or later. */
export type ProtocolHandler<Body> = (request: ProtocolRequest, callback: ProtocolCallback<Body>) => void;

/**
 * Handlers of schemes for the requests of a session: of schemes of the program's own, such as `app:`, and in place of
 * `http:`, `https:` and `file:`. They are asked by `fetch`, and where a redirect that the program itself has made leads to
 * them; `bypassCustomProtocolHandlers` passes them by.
 *
 * Every method that takes a handler throws a TypeError for what is none, and for what is no scheme in lower case.
 *
 * @example
 * ```ts
 * import { app, net, protocol } from '@netloom/electron-net';
 *
 * await app.whenReady();
 * protocol.handle('app', (request) => new Response(`you asked for ${request.url}`));
 * console.log(await (await net.fetch('app://main/start')).text());
 * ```
 */
export interface Protocol {
  /**
   * Has a function answer the requests of a scheme. A rejection, and what is no Response, fails the request with
   * `net::ERR_UNEXPECTED`, and `Response.error()` with `net::ERR_FAILED`. The `signal` of its request fires when nobody
   * wants the answer any more. The response of a server, returned as it came, redirects to http and https only.
   *
   * @throws Error when the scheme is handled already.
   */
  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void;
  /**
   * Takes a handler or a source back.
   *
   * @throws Error when there is none.
   */
  unhandle(scheme: string): void;
  /** Whether a scheme has a handler or a source. */
  isProtocolHandled(scheme: string): boolean;
  /**
   * Serves a scheme from folders. A symbolic link in one leads to wherever it points.
   *
   * @throws TypeError naming what of the source cannot be used; Error when the scheme is handled already.
   */
  registerSource(scheme: string, source: ProtocolSource): void;
  /** What {@link Protocol.registerSource} was given for a scheme; null: nothing. */
  getSource(scheme: string): ProtocolSource | null;
  /**
   * Says what pages of schemes may do, which a Node process has none of: the schemes are looked at, and that is all.
   *
   * @throws Error once the app is ready.
   */
  registerSchemesAsPrivileged(customSchemes: CustomScheme[]): void;
  /** Whether the scheme was free. @deprecated by {@link Protocol.handle}. */
  registerBufferProtocol(scheme: string, handler: ProtocolHandler<Buffer>): boolean;
  /** Whether the scheme was free. @deprecated by {@link Protocol.handle}. */
  registerFileProtocol(scheme: string, handler: ProtocolHandler<string>): boolean;
  /** Whether the scheme was free. @deprecated by {@link Protocol.handle}. */
  registerHttpProtocol(scheme: string, handler: ProtocolHandler<never>): boolean;
  /** Whether the scheme was free. @deprecated by {@link Protocol.handle}. */
  registerStreamProtocol(scheme: string, handler: ProtocolHandler<NodeJS.ReadableStream>): boolean;
  /** Whether the scheme was free. @deprecated by {@link Protocol.handle}. */
  registerStringProtocol(scheme: string, handler: ProtocolHandler<string>): boolean;
  /** Whether the scheme was not intercepted before. @deprecated by {@link Protocol.handle}. */
  interceptBufferProtocol(scheme: string, handler: ProtocolHandler<Buffer>): boolean;
  /** Whether the scheme was not intercepted before. @deprecated by {@link Protocol.handle}. */
  interceptFileProtocol(scheme: string, handler: ProtocolHandler<string>): boolean;
  /** Whether the scheme was not intercepted before. @deprecated by {@link Protocol.handle}. */
  interceptHttpProtocol(scheme: string, handler: ProtocolHandler<never>): boolean;
  /** Whether the scheme was not intercepted before. @deprecated by {@link Protocol.handle}. */
  interceptStreamProtocol(scheme: string, handler: ProtocolHandler<NodeJS.ReadableStream>): boolean;
  /** Whether the scheme was not intercepted before. @deprecated by {@link Protocol.handle}. */
  interceptStringProtocol(scheme: string, handler: ProtocolHandler<string>): boolean;
  /** Whether the scheme was registered. @deprecated by {@link Protocol.unhandle}. */
  unregisterProtocol(scheme: string): boolean;
  /** Whether the scheme was intercepted. @deprecated by {@link Protocol.unhandle}. */
  uninterceptProtocol(scheme: string): boolean;
  /** Whether the scheme is registered. @deprecated by {@link Protocol.isProtocolHandled}. */
  isProtocolRegistered(scheme: string): boolean;
  /** Whether the scheme is intercepted. @deprecated by {@link Protocol.isProtocolHandled}. */
  isProtocolIntercepted(scheme: string): boolean;
}
