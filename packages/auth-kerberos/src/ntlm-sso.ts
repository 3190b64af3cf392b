import { type ConnectionScheme, type Conversation, SchemeError } from '@netloom/contracts';
import { NegotiateConversation } from './conversation.js';
import { settingsOf } from './options.js';
import type { NegotiateProvider } from './provider.js';
import { systemProvider } from './system-providers.js';

/** What {@link ntlmSso} takes. */
export interface NtlmSsoOptions {
  /** What signs in with a user name and a password, such as `ntlm()` of `@netloom/auth-ntlm`. Default: nothing does. */
  readonly explicit?: ConnectionScheme | undefined;
  /** Who makes the tokens of the logged-in user. Default: `sspi`, on Windows; nobody elsewhere. */
  readonly provider?: NegotiateProvider | undefined;
}

/**
 * The bare NTLM scheme with the logged-in user of Windows, for proxies and servers that offer `NTLM` and not `Negotiate`.
 * It takes the place of `ntlm()` in a client's list, and can be given that for users with a password. Elsewhere than on
 * Windows it is what it was given.
 *
 * @throws TypeError when an option is not what it has to be.
 *
 * @example
 * ```ts
 * import { negotiate, ntlmSso } from '@netloom/auth-kerberos';
 * import { ntlm } from '@netloom/auth-ntlm';
 * import { createClient } from '@netloom/core';
 *
 * const client = createClient({
 *   proxy: 'http://proxy.corp.example:3128',
 *   auth: [negotiate(), ntlmSso({ explicit: ntlm() })],
 * });
 * ```
 */
export function ntlmSso({ explicit, provider }: NtlmSsoOptions = {}): ConnectionScheme {
  if (explicit !== undefined && (explicit?.name !== 'ntlm' || typeof explicit.start !== 'function')) {
    throw new TypeError('explicit has to be a scheme of the name ntlm, such as ntlm() of @netloom/auth-ntlm');
  }
  const sso = provider ?? (process.platform === 'win32' ? systemProvider('sspi', {}) : undefined);
  const settings = { ...settingsOf({}), package: 'ntlm' as const, explicit: explicit !== undefined };
  return {
    name: 'ntlm',
    connectionBound: true,
    requiresHttp1: true,
    // A scheme that can do nothing says so when it is tried, and the reason reaches the user.
    identities: { explicit: explicit !== undefined, ambient: sso !== undefined || explicit === undefined },
    start(context): Conversation {
      if (context.identity !== 'ambient' && explicit !== undefined) return explicit.start(context);
      if (sso !== undefined) return new NegotiateConversation(settings, [sso], context);
      throw new SchemeError('ERR_UNSUPPORTED_AUTH_SCHEME', {
        effect: 'disable-scheme',
        detail: 'the logged-in user can be signed in by NTLM on Windows only',
      });
    },
  };
}
