import { createHmac, randomBytes } from 'node:crypto';
import type { Connection } from '../server/connection.js';
import type { ServerScheme, Verdict } from './scheme.js';

const HELLO = 'hello';
const REMEMBERED = 1000;

/** What a client sends to begin: `Bound aGVsbG8=`. */
export const BOUND_HELLO = Buffer.from(HELLO).toString('base64');

/**
 * The client's answer to a nonce: base64 of `user ":" hex(HMAC-SHA256(key = password, message = nonce))`, user and
 * password as UTF-8.
 *
 * @param nonce - the decoded nonce of the challenge.
 */
export function boundResponse(nonce: Uint8Array, user: string, password: string): string {
  return Buffer.from(`${user}:${proof(nonce, password)}`, 'utf8').toString('base64');
}

function proof(nonce: Uint8Array, password: string): string {
  return createHmac('sha256', password).update(nonce).digest('hex');
}

/**
 * `Bound`, a scheme made for the lab: a conversation of two steps that belongs to one connection, as NTLM's does.
 *
 *     client  (no credentials)             server  401  Bound
 *     client  Bound aGVsbG8=               server  401  Bound <base64 nonce>
 *     client  Bound base64(user:proof)     server  200, and the connection stays signed in
 *
 * `proof` is the hex HMAC-SHA256 of the nonce's bytes with the password as key. A nonce is good once, on the connection
 * it was given to; one that comes on another connection is refused and counted in `stats.crossSocket`.
 */
export function boundAuth(): ServerScheme {
  return {
    name: 'Bound',
    connectionBound: true,
    start({ users }) {
      const pending = new WeakMap<Connection, Buffer>();
      /** Also those of connections that are gone: their answers must be recognised on another one. */
      const issued: { readonly nonce: Buffer; readonly connection: Connection }[] = [];
      const issue = (connection: Connection): Verdict => {
        const nonce = randomBytes(24);
        pending.set(connection, nonce);
        issued.push({ nonce, connection });
        if (issued.length > REMEMBERED) issued.shift();
        return { result: 'continue', challenge: `Bound ${nonce.toString('base64')}` };
      };
      return {
        challenges: () => ['Bound'],
        verify(credentials, { connection }) {
          const text = Buffer.from(credentials, 'base64').toString('utf8');
          if (text === HELLO) return issue(connection);
          const colon = text.lastIndexOf(':');
          if (colon < 0) return { result: 'rejected', reason: 'neither a hello nor an answer to a nonce' };
          const user = text.slice(0, colon);
          if (!Object.hasOwn(users, user)) return { result: 'rejected', reason: 'unknown user' };
          const answers = (nonce: Buffer) => proof(nonce, users[user]!) === text.slice(colon + 1);
          const own = pending.get(connection);
          pending.delete(connection);
          if (own && answers(own)) return { result: 'ok', user };
          if (issued.some((other) => other.connection !== connection && answers(other.nonce))) {
            return { result: 'rejected', reason: 'nonce of another connection', crossSocket: true };
          }
          return { result: 'rejected', reason: own ? 'wrong password' : 'no nonce was given to this connection' };
        },
      };
    },
  };
}
