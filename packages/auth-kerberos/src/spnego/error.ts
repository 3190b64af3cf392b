import { NetError } from '@netloom/contracts';

/**
 * Bytes that are no SPNEGO token. `code` is `ERR_INVALID_RESPONSE`, `detail` says what is wrong and what was expected; it
 * never repeats bytes of the token.
 */
export class SpnegoTokenError extends NetError {
  constructor(detail: string) {
    super('ERR_INVALID_RESPONSE', { detail });
  }
}
