import { createHmac } from 'node:crypto';
import type { AuthRequest, Identity, RequestScheme } from '@netloom/contracts';

/*
 * A scheme that signs each request:
 *
 *     server  401  WWW-Authenticate: Signature realm="orders"
 *     client  Authorization: Signature key="alice", time="1700000000", value="<hex>"
 *
 * The value is the HMAC-SHA256, under the user's secret, of method, path, time and the SHA-256 of the body.
 */

/** What is signed. The server makes the same text from what it has received. */
export function signedText(request: Pick<AuthRequest, 'method' | 'uri' | 'bodyHash'>, time: string): string {
  return [request.method, request.uri, time, request.bodyHash].join('\n');
}

/** The signature of a text. */
export function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** The scheme, to be listed in `createClient({ auth: [signature()] })`. */
export function signature(): RequestScheme {
  return {
    name: 'signature',
    connectionBound: false,
    // Stated as data: the client hashes the body, and leaves the scheme out where the body cannot be read twice.
    needs: { bodyHash: 'sha256' },
    accept(_challenges, { identity, clock }) {
      // The client asks its provider before it calls, so there is somebody to sign for.
      const { username, password } = identity as Identity;
      return {
        authorize(request) {
          const time = String(Math.floor(clock.now() / 1000));
          const value = sign(password, signedText(request, time));
          return `Signature key="${username}", time="${time}", value="${value}"`;
        },
        // A further challenge means that the server did not like the signature.
        challenged: () => 'rejected',
      };
    },
  };
}
