import { type AuthContext, type Identity, type RequestScheme, SchemeError } from '@netloom/contracts';
import { realmOf } from './endpoint.js';
import { qualifiedName } from './identity.js';

/** Settings of {@link basic}. */
export interface BasicOptions {
  /** Whether the password may be sent over a connection that is not encrypted. Default true. */
  readonly allowOverHttp?: boolean | undefined;
}

/**
 * The Basic scheme (RFC 7617): user name and password in UTF-8. It shows the password to whoever can read the
 * connection, so it belongs at the end of a list of schemes.
 *
 * @throws TypeError when an option is of a wrong type.
 *
 * @example
 * ```ts
 * import { basic, createClient, digest } from '@netloom/core';
 *
 * const client = createClient({
 *   auth: [digest(), basic({ allowOverHttp: false })],
 *   credentials: async ({ attempt }) => (attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined),
 * });
 * ```
 */
export function basic(options: BasicOptions = {}): RequestScheme {
  const { allowOverHttp = true } = options;
  if (typeof allowOverHttp !== 'boolean') {
    throw new TypeError(`basic: allowOverHttp must be a boolean, not ${typeof allowOverHttp}`);
  }
  const isAllowed = ({ protocol }: AuthContext) => allowOverHttp || protocol === 'https:';
  return {
    name: 'basic',
    connectionBound: false,
    needs: { signal: false },
    select: (challenges, context) => (isAllowed(context) ? challenges[0] : undefined),
    accept([challenge], context) {
      if (challenge === undefined || typeof context.identity !== 'object' || !isAllowed(context)) return undefined;
      const value = `Basic ${encode(context.identity)}`;
      const realm = realmOf(challenge);
      return {
        authorize: () => value,
        challenged: (next) => (next.some((other) => realmOf(other) === realm) ? 'rejected' : 'other-realm'),
      };
    },
  };
}

function encode(identity: Identity): string {
  const user = qualifiedName(identity);
  if (user.includes(':')) {
    throw new SchemeError('ERR_INVALID_AUTH_CREDENTIALS', {
      effect: 'drop-identity',
      detail: 'a user name with a colon cannot be sent by basic (RFC 7617 section 2)',
    });
  }
  return Buffer.from(`${user}:${identity.password}`, 'utf8').toString('base64');
}
