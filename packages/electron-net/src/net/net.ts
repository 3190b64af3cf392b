import { app } from '../app/app.js';
import { isSession, networkOf } from '../session/session.js';
import { session } from '../session/sessions.js';
import { ClientRequest } from './client-request.js';
import type { IncomingMessage } from './incoming-message.js';
import { type ClientRequestConstructorOptions, parseRequestOptions } from './request-options.js';

/** Requests, as Electron's module `net` makes them. Programs may replace its functions by their own. */
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
}

/** Requests. To be used when the app is ready. */
export const net: Net = {
  request(given, callback) {
    if (!app.isReady()) throw new Error('net module can only be used after app is ready');
    const request = parseRequestOptions(given);
    if (request.session && !isSession(request.session)) {
      throw new TypeError('`session` should be an instance of the Session class');
    }
    const used = request.session ?? session.fromPartition(request.partition ?? '');
    return new ClientRequest(request, networkOf(used), callback);
  },
};
