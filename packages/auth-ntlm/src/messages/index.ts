/**
 * The three NTLM messages on their own (MS-NLMP section 2.2): encode, decode, describe. Computes no response and knows
 * no secret.
 *
 * @packageDocumentation
 */
export { type AuthenticateMessage, decodeAuthenticate, encodeAuthenticate } from './authenticate.js';
export { AvFlag, AvId, type AvPair, decodeAvPairs, encodeAvPairs } from './av-pairs.js';
export { type ChallengeMessage, decodeChallenge, encodeChallenge } from './challenge.js';
export { decodeMessage, describe } from './describe.js';
export { NtlmMessageError } from './error.js';
export { flagNames, NegotiateFlag, type NegotiateFlagName } from './flags.js';
export { decodeNegotiate, encodeNegotiate, type NegotiateMessage } from './negotiate.js';
export type { NtlmMessage } from './summary.js';
export type { Version } from './version.js';
