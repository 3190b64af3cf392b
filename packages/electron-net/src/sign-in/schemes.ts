import type { AuthScheme } from '@netloom/contracts';
import { basic, digest } from '@netloom/core';
import type { CommandLine } from '../app/command-line.js';
import { lazyScheme } from './lazy-scheme.js';

/**
 * The sign-in schemes of a session in Chromium's order: Negotiate, NTLM, Digest, Basic. Outside of Windows, Negotiate
 * signs in the logged-in user and nobody else.
 */
export function signInSchemes(line: CommandLine): AuthScheme[] {
  const delegation = line.getSwitchValue('auth-negotiate-delegate-allowlist');
  const negotiate = lazyScheme(
    {
      name: 'negotiate',
      requiresHttp1: true,
      identities: { explicit: process.platform === 'win32', ambient: true },
    },
    async () => {
      const { negotiate } = await import('@netloom/auth-kerberos');
      return negotiate({
        policy: 'chromium',
        spn: {
          canonicalName: line.hasSwitch('disable-auth-negotiate-cname-lookup') ? 'never' : 'always',
          port: line.hasSwitch('enable-auth-negotiate-port'),
        },
        ...(delegation === '' ? {} : { delegation: { to: delegation } }),
      });
    },
  );
  const ntlm = lazyScheme(
    { name: 'ntlm', requiresHttp1: true, identities: { explicit: true, ambient: false } },
    async () => (await import('@netloom/auth-ntlm')).ntlm(),
  );
  return [negotiate, ntlm, digest(), basic()];
}
