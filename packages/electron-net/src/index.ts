/**
 * Electron's `app`, `net` and `session` for plain Node.js.
 *
 * @packageDocumentation
 */
export * from './absent/common-exports.js';
export * from './absent/exports.js';
export { NotInNodeError } from './absent/not-in-node-error.js';
export { type App, type AppEvents, type AuthenticationResponseDetails, app } from './app/app.js';
export type { AppEvent } from './app/app-event.js';
export type { CommandLine } from './app/command-line.js';
export type { PathName } from './app/paths.js';
export type { ConfigureHostResolverOptions } from './dns/host-resolver-config.js';
export { netLog } from './log/default-net-log.js';
export type { NetLog, StartLoggingOptions } from './log/net-log.js';
export type { ClientRequest, ClientRequestEvents, UploadProgress } from './net/client-request.js';
export type { FetchOptions } from './net/fetch.js';
export type { IncomingMessage, IncomingMessageEvents } from './net/incoming-message.js';
export type { AuthInfo, LoginCallback } from './net/login.js';
export { type Net, net } from './net/net.js';
export type { ClientRequestConstructorOptions } from './net/request-options.js';
export type { EventHandler } from './net/websocket/event-handlers.js';
export { WebSocket } from './net/websocket/web-socket.js';
export type {
  WebSocketCloseEvent,
  WebSocketErrorEvent,
  WebSocketEventMap,
  WebSocketMessageEvent,
} from './net/websocket/web-socket-events.js';
export type { WebSocketOptions } from './net/websocket/web-socket-options.js';
export { protocol } from './protocol/default-protocol.js';
export type {
  ProtocolCallback,
  ProtocolRequest,
  ProtocolResponse,
  ProtocolResponseUploadData,
} from './protocol/legacy-handler.js';
export type { Protocol, ProtocolHandler } from './protocol/protocol.js';
export type { CustomScheme, Privileges } from './protocol/schemes.js';
export type { Match, ProtocolRoute, ProtocolSource, Source } from './protocol/source.js';
export type { ProxyConfig } from './proxy/proxy-config.js';
export type { Certificate, CertificatePrincipal } from './session/certificate.js';
export type { CertificateVerifyProc, CertificateVerifyRequest } from './session/certificate-verifier.js';
export type { ImportCertificateOptions } from './session/client-certificates.js';
export type { Cookie, SameSite } from './session/cookies/cookie.js';
export type { CookieChangeCause } from './session/cookies/cookie-store.js';
export type { Cookies, CookiesEvents, CookiesGetFilter } from './session/cookies/cookies.js';
export type { CookiesSetDetails } from './session/cookies/cookies-set-details.js';
export type { EnableNetworkEmulationOptions } from './session/network-emulation.js';
export type { PreconnectOptions } from './session/preconnect.js';
export type { ResolvedEndpoint, ResolvedHost, ResolveHostOptions } from './session/resolve-host.js';
export type { Session, SessionEvents } from './session/session.js';
export type { ClearDataOptions, ClearStorageDataOptions, DataType, StorageKind } from './session/session-data.js';
export { type FromPartitionOptions, type FromPathOptions, type SessionModule, session } from './session/sessions.js';
export type {
  DictionaryKey,
  SharedDictionaryInfo,
  SharedDictionaryUsageInfo,
} from './session/shared-dictionaries.js';
export type { SSLConfig } from './session/ssl-config.js';
export type {
  BeforeSendResponse,
  CallbackResponse,
  HeadersReceivedResponse,
  OnBeforeRedirectListenerDetails,
  OnBeforeRequestListenerDetails,
  OnBeforeSendHeadersListenerDetails,
  OnCompletedListenerDetails,
  OnErrorOccurredListenerDetails,
  OnHeadersReceivedListenerDetails,
  OnResponseStartedListenerDetails,
  OnSendHeadersListenerDetails,
  RequestDetails,
  ResponseDetails,
  UploadData,
} from './web-request/details.js';
export type { ResourceType, WebRequestFilter } from './web-request/filter.js';
export { WebRequest } from './web-request/web-request.js';
