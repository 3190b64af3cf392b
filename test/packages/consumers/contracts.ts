import {
  type AuthContext,
  type Authorizer,
  type Challenge,
  isNetError,
  NetError,
  parseProxyUrl,
  type RequestScheme,
} from '@netloom/contracts';

/** A scheme of a user's own. */
export const bearer = (token: string): RequestScheme => ({
  name: 'bearer',
  connectionBound: false,
  accept(challenges: readonly Challenge[], context: AuthContext): Authorizer | undefined {
    if (context.target === 'proxy' || !challenges.some(({ scheme }) => scheme === 'bearer')) return undefined;
    return { authorize: () => `Bearer ${token}`, challenged: () => 'rejected' };
  },
});

export function describe(error: unknown): string {
  if (isNetError(error)) return `${error.code} (${error.errno}) ${error.url ?? ''}`;
  return error instanceof NetError ? error.message : String(error);
}

export const proxy: string = parseProxyUrl('socks5h://proxy.test').host;
