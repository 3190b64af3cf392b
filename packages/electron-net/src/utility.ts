/**
 * What Electron's utility processes import as `electron/utility`: `net`.
 *
 * @packageDocumentation
 */
export * from './absent/common-exports.js';
export { NotInNodeError } from './absent/not-in-node-error.js';
export * from './absent/utility-exports.js';
export type { ClientRequest, ClientRequestEvents, UploadProgress } from './net/client-request.js';
export type { IncomingMessage, IncomingMessageEvents } from './net/incoming-message.js';
export type { AuthInfo, LoginCallback } from './net/login.js';
export type { ClientRequestConstructorOptions } from './net/request-options.js';
export { type Net, net } from './net/utility-net.js';
