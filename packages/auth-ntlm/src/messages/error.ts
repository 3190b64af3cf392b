import { NetError } from '@netloom/contracts';

/** Names of the three NTLM messages. */
export type MessageName = 'Negotiate' | 'Challenge' | 'Authenticate';

/**
 * Bytes that are not the NTLM message they should be. `code` is `ERR_INVALID_RESPONSE`, `detail` names the field that is
 * wrong and what was expected; it never repeats bytes of the message.
 */
export class NtlmMessageError extends NetError {
  constructor(detail: string) {
    super('ERR_INVALID_RESPONSE', { detail });
  }
}
