/**
 * Negotiate sign-in (RFC 4559) through the operating system's library, or NTLM inside SPNEGO.
 *
 * @packageDocumentation
 */
export { SecurityLibraryError } from './errors.js';
export type { FailureReason } from './failure.js';
export { type GssapiProviderOptions, gssapiProvider } from './gssapi/provider.js';
export { type KerberosPackageProviderOptions, kerberosPackageProvider } from './kerberos-package/provider.js';
export { type NtlmSsoOptions, ntlmSso } from './ntlm-sso.js';
export type { DelegationOptions, NegotiateOptions, ProviderName, ServiceCredentials } from './options.js';
export type {
  ContextCredentials,
  ContextRequest,
  ContextStep,
  NegotiateProvider,
  SecurityContext,
  ServicePrincipal,
} from './provider.js';
export { negotiate } from './scheme.js';
export type { SpnAsk, SpnFunction, SpnOptions } from './spn.js';
export { type SspiProviderOptions, sspiProvider } from './sspi/provider.js';
