/**
 * A corporate network in one process, for tests, examples and benchmarks.
 *
 * @packageDocumentation
 */
export { type BasicAuthOptions, basicAuth } from './auth/basic.js';
export { type BearerAuthOptions, bearerAuth } from './auth/bearer.js';
export { BOUND_HELLO, boundAuth, boundResponse } from './auth/bound.js';
export { type DigestAuthOptions, digestAuth } from './auth/digest.js';
export {
  type DigestAlgorithm,
  type DigestInput,
  type DigestQop,
  digestHash,
  digestResponse,
} from './auth/digest-hash.js';
export { type AuthOptions, DEFAULT_USERS } from './auth/guard.js';
export { type NegotiateAuthOptions, negotiateAuth } from './auth/negotiate.js';
export { type NtlmAuthOptions, ntlmAuth } from './auth/ntlm.js';
export {
  NtlmAcceptor,
  type NtlmAcceptorOptions,
  type NtlmChallengeFault,
  type NtlmSession,
} from './auth/ntlm-acceptor.js';
export { ntlmSignature } from './auth/ntlm-signature.js';
export type { Attempt, AuthTarget, SchemeContext, ServerScheme, Verdict, Verifier } from './auth/scheme.js';
export { type DnsAnswer, DnsTable, NameNotFoundError } from './dns.js';
export type { Fault, FaultKind, FaultScope, Stage } from './faults/fault.js';
export { createLab, Lab } from './lab.js';
export type { Origin, OriginOptions } from './origin/origin.js';
export { COMPRESSED_TEXT } from './origin/routes/bodies.js';
export type { Echo } from './origin/routes/echo.js';
export type { Upload } from './origin/routes/uploads.js';
export type { PacServer, PacServerOptions } from './pac/pac-server.js';
export type { CertFlaw, CertKind, CertOptions, KeyCert } from './pki/certificate.js';
export type { HttpProxy, ProxyOptions, Resolve } from './proxy/http-proxy.js';
export type { InspectedRequest, MonitoringProxy, MonitoringProxyOptions } from './proxy/monitoring-proxy.js';
export type { Connection } from './server/connection.js';
export type { LabEvent } from './server/events.js';
export type { LabServer } from './server/lab-server.js';
export type { Stats } from './server/stats.js';
export type { SocksOptions, SocksServer } from './socks/socks-server.js';
export type { SocksVersion } from './socks/version.js';
