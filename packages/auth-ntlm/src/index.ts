/**
 * NTLMv2 sign-in in plain TypeScript (MS-NLMP), as a scheme for HTTP and as a mechanism for SPNEGO.
 *
 * @packageDocumentation
 */
export { ntlmMechanism } from './mechanism.js';
export type { NtlmOptions } from './options.js';
export { ntlm } from './scheme.js';
