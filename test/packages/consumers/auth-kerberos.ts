import {
  gssapiProvider,
  type NegotiateOptions,
  type NegotiateProvider,
  negotiate,
  ntlmSso,
  SecurityLibraryError,
} from '@netloom/auth-kerberos';
import { ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import type { AuthScheme } from '@netloom/contracts';
import { basic, createClient, digest } from '@netloom/core';

const options: NegotiateOptions = {
  ntlm: ntlmMechanism(),
  spn: { canonicalName: 'never' },
  delegation: { to: '*.corp.example' },
  requireMutual: ['server'],
};
const schemes: readonly AuthScheme[] = [negotiate(options), ntlmSso({ explicit: ntlm() }), digest(), basic()];

export const client = createClient({ auth: schemes, ambientAllowlist: '*.corp.example' });
export const isolated: NegotiateProvider = gssapiProvider({ isolation: 'process', timeoutMs: 5_000 });
export const robot = negotiate({
  providers: [isolated],
  credentials: { kind: 'keytab', principal: 'robot@CORP.EXAMPLE', keytab: '/etc/robot.keytab' },
  spn: async ({ host, canonicalName }) => `HTTP/${host.endsWith('.corp.example') ? host : await canonicalName()}`,
});

export function codes(error: { readonly cause?: unknown }): readonly number[] {
  return error.cause instanceof SecurityLibraryError ? [error.cause.major, error.cause.minor] : [];
}
