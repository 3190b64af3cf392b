/** What netloom can do. This is the one place where rows are switched on. */
import { negotiate } from '@netloom/auth-kerberos';
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
  // Nobody is logged in: what tickets of a logged-in person do is in kerberos.test.ts.
  negotiate: { ...negotiate(), identities: { explicit: true, ambient: false } },
  ntlm: ntlm(),
  digest: digest(),
  basic: basic(),
} as const satisfies Record<string, AuthScheme | Pending>;

export type SchemeName = keyof typeof SCHEMES;

/** The schemes that are there, in order of preference. */
export function availableSchemes(): AuthScheme[] {
  return Object.values<AuthScheme | Pending>(SCHEMES).filter((scheme): scheme is AuthScheme => !isPending(scheme));
}

/** Why rows with this scheme cannot run yet; undefined when they can. */
export function whyPending(name: SchemeName): string | undefined {
  const capability: AuthScheme | Pending = SCHEMES[name];
  return isPending(capability) ? capability.pending : undefined;
}

function isPending(capability: AuthScheme | Pending): capability is Pending {
  return typeof capability === 'object' && 'pending' in capability;
}
