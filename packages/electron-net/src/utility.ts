/**
 * What Electron's utility processes import as `electron/utility`: `net`.
 *
 * @packageDocumentation
 */
export type { ClientRequest, ClientRequestEvents, UploadProgress } from './net/client-request.js';
export type { IncomingMessage, IncomingMessageEvents } from './net/incoming-message.js';
export type { AuthInfo, LoginCallback } from './net/login.js';
export { type Net, net } from './net/net.js';
export type { ClientRequestConstructorOptions } from './net/request-options.js';
