import { quoted } from './params.js';
import type { ServerScheme } from './scheme.js';

/** Options of {@link basicAuth}. */
export interface BasicAuthOptions {
  /** Says `charset="UTF-8"` in the challenge. Default true. User and password are read as UTF-8 in any case. */
  readonly charset?: boolean;
}

/** Basic (RFC 7617). */
export function basicAuth({ charset = true }: BasicAuthOptions = {}): ServerScheme {
  return {
    name: 'Basic',
    connectionBound: false,
    start({ realm, users }) {
      const challenge = `Basic realm=${quoted(realm)}${charset ? ', charset="UTF-8"' : ''}`;
      return {
        challenges: () => [challenge],
        verify(credentials) {
          const text = Buffer.from(credentials, 'base64').toString('utf8');
          const colon = text.indexOf(':');
          if (colon < 0) return { result: 'rejected', reason: 'no colon between user and password' };
          const user = text.slice(0, colon);
          if (!Object.hasOwn(users, user)) return { result: 'rejected', reason: 'unknown user' };
          if (users[user] !== text.slice(colon + 1)) return { result: 'rejected', reason: 'wrong password' };
          return { result: 'ok', user };
        },
      };
    },
  };
}
