/**
 * An HTTP client for networks behind proxies: connections, sign-in and layers, usable as an undici Dispatcher.
 *
 * @packageDocumentation
 */
export { type BasicOptions, basic } from './auth/basic.js';
export { type DigestAlgorithm, type DigestOptions, digest } from './auth/digest/index.js';
export type { RequestBody } from './body/replay.js';
export { type Client, createClient } from './client/client.js';
export type { DispatchOptions } from './client/dispatch.js';
export type { ClientOptions, RequestTimeouts } from './client/options.js';
export { LAYERS, type Layer, type LayerName, type PlacedLayer } from './client/pipeline.js';
export type { PreconnectOptions } from './client/preconnect.js';
export type { ClientResponse, RequestOptions } from './client/request.js';
export type { AuthInfo, ConnectionInfo, CredentialsRequestOptions, ServedBy } from './client/served.js';
export type { ConnectTimeouts } from './connect/connector.js';
export type { Destination } from './connect/types.js';
export {
  type ConnectionEvent,
  channels,
  type FallbackEvent,
  type PreconnectFailedEvent,
  type ProxyResolvedEvent,
  type RedirectEvent,
  type RetryEvent,
  type SignInEvent,
} from './diagnostics.js';
export { systemHostResolver } from './dns/system-host-resolver.js';
export { loadWebSocket, WEB_SOCKET_LIMITS } from './engine/undici.js';
export type { ConnectionLimits } from './pool/limits.js';
export type {
  CertificateCheck,
  ClientCertificate,
  SelectClientCertificate,
  TlsOptions,
  VerifyCertificate,
} from './tls/options.js';
