import type { ConnectionScheme, Identity } from '@netloom/contracts';
import { BOUND_HELLO, boundResponse } from '@netloom/lab';

/** The client's side of the lab's connection-bound scheme: a hello, then an answer to the connection's nonce. */
export function bound(): ConnectionScheme {
  return {
    name: 'bound',
    connectionBound: true,
    requiresHttp1: true,
    start({ identity }) {
      const { username, password } = identity as Identity;
      let unfinished = false;
      return {
        get unfinished() {
          return unfinished;
        },
        async step({ token68 }) {
          unfinished = token68 === undefined;
          if (token68 === undefined) return Buffer.from(BOUND_HELLO, 'base64');
          return Buffer.from(boundResponse(Buffer.from(token68, 'base64'), username, password), 'base64');
        },
        finish: async () => 'ok',
        dispose: () => undefined,
      };
    },
  };
}
