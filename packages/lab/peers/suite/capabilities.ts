/** What netloom can do. This is the one place where rows are switched on. */
import { ntlm } from '@netloom/auth-ntlm';
import type { AuthScheme } from '@netloom/contracts';
import { basic, digest } from '@netloom/core';

/** A capability that is still to come; rows that need it are listed by name instead of being run. */
export interface Pending {
  /** What brings it. */
  readonly pending: string;
}

/** Sign-in schemes in the order in which a client prefers them: give the scheme in place of `pending`. */
export const SCHEMES = {
  negotiate: { pending: '@netloom/auth-kerberos' },
  ntlm: ntlm(),
  digest: digest(),
  basic: basic(),
} as const satisfies Record<string, AuthScheme | Pending>;

/** Capabilities besides sign-in: give `true` in place of `pending`. */
export const FEATURES = {
  // Squid 5 answers 407, keeps the connection open, and never reads what of the body is beyond its buffer of 64 KiB.
  'body over 64 KiB that Squid challenges': { pending: 'a new connection after such a challenge, in @netloom/core' },
} as const satisfies Record<string, true | Pending>;

export type SchemeName = keyof typeof SCHEMES;
export type Feature = keyof typeof FEATURES;

/** The schemes that are there, in order of preference. */
export function availableSchemes(): AuthScheme[] {
  return Object.values<AuthScheme | Pending>(SCHEMES).filter((scheme): scheme is AuthScheme => !isPending(scheme));
}

/** Why rows with this scheme or feature cannot run yet; undefined when they can. */
export function whyPending(name: SchemeName | Feature): string | undefined {
  const all: Record<string, AuthScheme | true | Pending> = { ...SCHEMES, ...FEATURES };
  const capability = all[name]!;
  return isPending(capability) ? capability.pending : undefined;
}

function isPending(capability: AuthScheme | true | Pending): capability is Pending {
  return typeof capability === 'object' && 'pending' in capability;
}
