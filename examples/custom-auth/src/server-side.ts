import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServerScheme } from '@netloom/lab';
import { sign, signedText } from './signature-scheme.js';

/** Seconds for which a signature is good. */
const VALID_FOR = 300;

/** The other side of `Signature`, for an origin of the lab. */
export function signatureServer(): ServerScheme {
  return {
    name: 'Signature',
    connectionBound: false,
    start({ realm, users }) {
      return {
        challenges: () => [`Signature realm="${realm}"`],
        async verify(credentials, attempt) {
          const [, user = '', time = '', value = ''] =
            /^key="([^"]*)", time="(\d+)", value="([0-9a-f]{64})"$/.exec(credentials) ?? [];
          const secret = Object.hasOwn(users, user) ? users[user] : undefined;
          if (secret === undefined) return { result: 'rejected', reason: 'no such key' };
          if (Math.abs(Date.now() / 1000 - Number(time)) > VALID_FOR) return { result: 'rejected', reason: 'too old' };
          const bodyHash = createHash('sha256')
            .update(await attempt.body())
            .digest('hex');
          const expected = sign(secret, signedText({ ...attempt, bodyHash }, time));
          if (timingSafeEqual(Buffer.from(expected), Buffer.from(value))) return { result: 'ok', user };
          return { result: 'rejected', reason: 'the signature is of something else' };
        },
      };
    },
  };
}
