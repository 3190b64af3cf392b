import { app } from '../app/app.js';
import { networkOf } from '../session/browsing-session.js';
import type { ResolvedHost, ResolveHostOptions } from '../session/resolve-host.js';
import { session } from '../session/sessions.js';
import { ClientRequest } from './client-request.js';
import type { FetchOptions } from './fetch.js';
import { givenSession } from './given-session.js';
import type { IncomingMessage } from './incoming-message.js';
import { isOnline } from './online.js';
import { keepTrackOf } from './replaced-request.js';
import { type ClientRequestConstructorOptions, parseRequestOptions } from './request-options.js';
import { WebSocket } from './websocket/web-socket.js';

/**
 * Requests, as Electron's module `net` makes them. Programs may replace its functions by their own; what takes the place of
 * `request` makes the requests of `fetch`, too.
 */
export interface Net {
  /**
   * Makes a request, which is sent when its `end()` is called.
   *
   * @param options - URL or options.
   * @param callback - listener for `response`.
   * @throws Error before the app is ready, and for options that cannot be used.
   *
   * @example
   * ```ts
   * import { app, net } from '@netloom/electron-net';
   *
   * await app.whenReady();
   * const request = net.request({ method: 'POST', url: 'https://example.org/' });
   * request.on('response', (response) => response.pipe(process.stdout));
   * request.end('text');
   * ```
   */
  request(
    options: ClientRequestConstructorOptions | string | URL,
    callback?: (response: IncomingMessage) => void,
  ): ClientRequest;
  /**
   * `fetch` of the standard in the default session. Takes `http:`, `https:` and `file:` URLs; network errors reject with
   * Electron's messages.
   *
   * @throws Error, as a rejection, before the app is ready.
   */
  fetch(input: string | URL | Request, init?: FetchOptions): Promise<Response>;
  /** The addresses of a host. Rejects with `net::ERR_NAME_NOT_RESOLVED`. */
  resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost>;
  /** Whether the machine has a network. True says little: no connection is tried. */
  isOnline(): boolean;
  /** The same as {@link Net.isOnline}. */
  readonly online: boolean;
  /** Makes WebSockets, in the default session or the one that is named. */
  WebSocket: typeof WebSocket;
}

/** Requests. To be used when the app is ready. */
export const net: Net = {
  request(given, callback) {
    if (!app.isReady()) throw new Error('net module can only be used after app is ready');
    const request = parseRequestOptions(given);
    return new ClientRequest(request, networkOf(givenSession(request) ?? session.defaultSession), callback);
  },
  async fetch(input, init) {
    return session.defaultSession.fetch(input, init);
  },
  async resolveHost(host, options) {
    return session.defaultSession.resolveHost(host, options);
  },
  isOnline,
  get online() {
    return isOnline();
  },
  WebSocket,
};

keepTrackOf(net);
