import type { ConnectionScheme, Identity } from '@netloom/contracts';
import { SchemeError } from '@netloom/contracts';
import { BOUND_HELLO, boundResponse } from '@netloom/lab';

/*
 * A scheme that signs a connection in, as NTLM does:
 *
 *     server  401  WWW-Authenticate: Bound
 *     client  Authorization: Bound <hello>
 *     server  401  WWW-Authenticate: Bound <nonce of this connection>
 *     client  Authorization: Bound <user and proof>
 *     server  200, and what follows on this connection needs no further word
 *
 * The client sees to it that all of this happens on one connection, and that nobody else uses that connection.
 */

/** The scheme, to be listed in `createClient({ auth: [handshake()] })`. */
export function handshake(): ConnectionScheme {
  return {
    name: 'bound',
    connectionBound: true,
    // Requests of several users share an HTTP/2 connection, so it cannot be signed in.
    requiresHttp1: true,
    start({ identity }) {
      const { username, password } = identity as Identity;
      let rounds = 0;
      return {
        async step({ token68 }) {
          rounds += 1;
          if (rounds === 1) return Buffer.from(BOUND_HELLO, 'base64');
          if (token68 === undefined) {
            throw new SchemeError('ERR_INVALID_RESPONSE', { effect: 'disable-scheme', detail: 'no nonce came' });
          }
          return Buffer.from(boundResponse(Buffer.from(token68, 'base64'), username, password), 'base64');
        },
        // A scheme in which the server proves itself would check its last token here.
        finish: async () => 'ok',
        // Nothing is held that would have to be freed.
        dispose: () => undefined,
      };
    },
  };
}
