import type { AuthContext, ConnectionScheme } from '@netloom/contracts';
import { NegotiateConversation } from './conversation.js';
import { managedProvider } from './managed/provider.js';
import { type NegotiateOptions, settingsOf } from './options.js';
import type { NegotiateProvider } from './provider.js';
import { systemProvider } from './system-providers.js';

/** How long nobody is asked for a password after no provider could use one, in milliseconds. */
const REST_MS = 60_000;

/**
 * The Negotiate scheme (RFC 4559) for servers (401) and proxies (407): Kerberos by the library of the system, with the
 * tickets of the logged-in user or with a user name and a password, and NTLM inside SPNEGO where that is handed in. The
 * logged-in user's tickets go to proxies and to the servers of the client's `ambientAllowlist` only.
 *
 * @param options - see {@link NegotiateOptions}; everything has a default.
 * @throws TypeError when an option is not what it has to be.
 *
 * @example
 * ```ts
 * import { negotiate } from '@netloom/auth-kerberos';
 * import { createClient } from '@netloom/core';
 *
 * const client = createClient({
 *   proxy: 'http://proxy.corp.example:3128',
 *   auth: [negotiate()],
 *   ambientAllowlist: '*.corp.example',
 * });
 * ```
 */
export function negotiate(options: NegotiateOptions = {}): ConnectionScheme {
  const settings = settingsOf(options);
  const { explicit, ntlm, bareNtlm } = settings;
  const providers = settings.providers.map((provider) =>
    typeof provider === 'string' && provider !== 'managed' ? systemProvider(provider, options) : provider,
  );
  let passwordsFrom = Number.NEGATIVE_INFINITY;
  const onPasswordUseless = () => {
    passwordsFrom = performance.now() + REST_MS;
  };
  const made = (context: AuthContext): NegotiateProvider[] =>
    providers.map((provider) => (provider === 'managed' ? managedProvider(ntlm!, context, bareNtlm) : provider));
  return {
    name: 'negotiate',
    connectionBound: true,
    requiresHttp1: true,
    identities: {
      // Where a password is of no use nobody is to be asked for one.
      get explicit() {
        return explicit && performance.now() >= passwordsFrom;
      },
      ambient: providers.some((provider) => provider !== 'managed'),
    },
    start: (context) =>
      new NegotiateConversation({ ...settings, package: 'negotiate', onPasswordUseless }, made(context), context),
  };
}
