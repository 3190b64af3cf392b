import type { ConnectionScheme, Identity } from '@netloom/contracts';
import { BOUND_HELLO, boundResponse } from '@netloom/lab';

/** The client's side of the lab's connection-bound scheme; `examples/custom-auth` explains such a plug-in. */
export function bound(): ConnectionScheme {
  return {
    name: 'bound',
    connectionBound: true,
    requiresHttp1: true,
    start: ({ identity }) => ({
      async step({ token68 }) {
        if (token68 === undefined) return Buffer.from(BOUND_HELLO, 'base64');
        const { username, password } = identity as Identity;
        return Buffer.from(boundResponse(Buffer.from(token68, 'base64'), username, password), 'base64');
      },
      finish: async () => 'ok',
      dispose: () => undefined,
    }),
  };
}
