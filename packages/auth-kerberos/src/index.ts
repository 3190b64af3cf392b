/**
 * Negotiate sign-in (RFC 4559) through the operating system's library, or NTLM inside SPNEGO.
 *
 * @packageDocumentation
 */
export type {
  ContextCredentials,
  ContextRequest,
  ContextStep,
  NegotiateProvider,
  SecurityContext,
  ServicePrincipal,
} from './provider.js';
