import { type AuthenticateMessage, decodeAuthenticate } from './authenticate.js';
import { messageName } from './buffer.js';
import { type ChallengeMessage, decodeChallenge } from './challenge.js';
import { NtlmMessageError } from './error.js';
import { decodeNegotiate, type NegotiateMessage } from './negotiate.js';
import { type NtlmMessage, summarize } from './summary.js';

/**
 * Decodes whichever message the bytes hold.
 *
 * @throws {@link NtlmMessageError} when they hold none.
 */
export function decodeMessage(bytes: Uint8Array): NegotiateMessage | ChallengeMessage | AuthenticateMessage {
  const name = messageName(bytes);
  if (name === 'Negotiate') return decodeNegotiate(bytes);
  return name === 'Challenge' ? decodeChallenge(bytes) : decodeAuthenticate(bytes);
}

/**
 * Readable text of a message, for debugging. Responses, session keys and MICs are given by kind and length only, so that
 * the text can be logged; names of user, domain and machines are in it.
 *
 * @param message - a message, its bytes, or the value of a header field such as `NTLM TlRM…`.
 * @throws {@link NtlmMessageError} when the bytes or the text hold no message.
 *
 * @example
 * ```ts
 * import { describe } from '@netloom/auth-ntlm/messages';
 *
 * console.log(describe('NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAgAAAAAAAAACAAAAA='));
 * // NTLM Negotiate
 * //   flags: 0x00088207 UNICODE OEM REQUEST_TARGET NTLM ALWAYS_SIGN EXTENDED_SESSIONSECURITY
 * ```
 */
export function describe(message: NtlmMessage | Uint8Array | string): string {
  if (typeof message === 'string') return summarize(decodeMessage(decodeField(message)));
  return summarize(message instanceof Uint8Array ? decodeMessage(message) : message);
}

function decodeField(field: string): Uint8Array {
  const [, token] = /^(?:[A-Za-z]+ +)?([A-Za-z0-9+/]+={0,2})$/.exec(field.trim()) ?? [];
  if (token === undefined) throw new NtlmMessageError('text is not a base64 token with an optional scheme before it');
  return Buffer.from(token, 'base64');
}
