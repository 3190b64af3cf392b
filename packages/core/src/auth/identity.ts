import { createHmac, randomBytes } from 'node:crypto';
import type { Identity } from '@netloom/contracts';

/** Who signs in: somebody by name and password, or the logged-in user of the machine. */
export type SignInIdentity = Identity | 'ambient';

/**
 * Names identities without telling their secrets, so that connections, prompts and refusals can be compared by text.
 * Two identities that differ in any field have different names. Names are good within one process only.
 */
export class IdentityKeys {
  readonly #secret = randomBytes(32);
  readonly #known = new WeakMap<Identity, string>();

  /** The name of an identity. */
  of(identity: SignInIdentity): string {
    if (identity === 'ambient') return 'ambient';
    const known = this.#known.get(identity);
    if (known !== undefined) return known;
    const hash = createHmac('sha256', this.#secret);
    const { username, password, domain = null, ntHash = null } = identity;
    hash.update(JSON.stringify([username, password, domain, ntHash]));
    const key = hash.digest('base64url');
    this.#known.set(identity, key);
    return key;
  }
}

/** Whether two identities are the same in every field. */
export function sameIdentity(a: SignInIdentity | undefined, b: SignInIdentity | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === 'ambient' || b === 'ambient') return false;
  return a.username === b.username && a.password === b.password && a.domain === b.domain && a.ntHash === b.ntHash;
}

/** The name that schemes without a field for domains send: `DOMAIN\\user` where the identity names a domain. */
export function qualifiedName({ username, domain }: Identity): string {
  return domain === undefined || domain === '' ? username : `${domain}\\${username}`;
}
