import { quoted } from './params.js';
import type { ServerScheme } from './scheme.js';

/** Options of {@link bearerAuth}. */
export interface BearerAuthOptions {
  /** Token → user. Default `{ 'lab-token': 'alice' }`. */
  readonly tokens?: Readonly<Record<string, string>>;
}

/** Bearer (RFC 6750) with a fixed list of tokens. */
export function bearerAuth({ tokens = { 'lab-token': 'alice' } }: BearerAuthOptions = {}): ServerScheme {
  return {
    name: 'Bearer',
    connectionBound: false,
    start({ realm }) {
      const challenge = `Bearer realm=${quoted(realm)}`;
      return {
        challenges: () => [challenge],
        verify(token) {
          const user = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
          if (user !== undefined) return { result: 'ok', user };
          const challenges = [`${challenge}, error="invalid_token"`];
          return { result: 'rejected', reason: 'unknown token', challenges };
        },
      };
    },
  };
}
