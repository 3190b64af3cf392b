import { createHash } from 'node:crypto';
import { LibraryFailure } from '../native/library-failure.js';
import type { ContextCredentials } from '../provider.js';
import type { CredentialOids } from './credentials.js';
import type { Gssapi, Handle } from './gssapi.js';
import { isAnswerOfKdc } from './status.js';

/** How long the tickets of a login serve further contexts, in milliseconds. */
const KEPT_MS = 10 * 60_000;
const KEPT = 8;
/** How long a login that the KDC has refused is not tried again, in milliseconds. */
const REFUSED_MS = 60_000;

/** Credentials by which one logs in at the KDC. */
export type LoginCredentials = Extract<ContextCredentials, { kind: 'password' | 'keytab' }>;

/** A login that a context uses. */
export interface Login {
  readonly handle: Handle;
  /** The cache with its tickets; undefined where the library cannot be given one. */
  readonly ccache: string | undefined;
  /** Called once. `failed`: the tickets are not to be used again. */
  leave(failed: boolean): Promise<void>;
}

interface Kept {
  readonly handle: Handle;
  readonly ccache: string | undefined;
  readonly until: number;
  users: number;
  dropped: boolean;
}

/**
 * Logins with a password or a keytab. Each costs a question to the KDC and, for a password, a slow hash; and each with a
 * wrong password brings the account nearer to being locked. So there is one, and its tickets serve for a while.
 */
export class Logins {
  readonly #gssapi: Gssapi;
  readonly #oids: CredentialOids;
  /** By a hash of what one logged in with. */
  readonly #kept = new Map<string, Kept>();
  /** What the KDC has refused, by the same hash: requests at the same time would all try the same wrong password. */
  readonly #refused = new Map<string, { readonly failure: LibraryFailure; readonly until: number }>();

  constructor(gssapi: Gssapi, oids: CredentialOids) {
    this.#gssapi = gssapi;
    this.#oids = oids;
  }

  /** @throws LibraryFailure when the KDC refuses. */
  async logIn(credentials: LoginCredentials): Promise<Login> {
    const key = createHash('sha256').update(JSON.stringify(credentials)).digest('hex');
    const kept = this.#kept.get(key);
    if (kept && performance.now() < kept.until) return this.#use(key, kept);
    if (kept) await this.#drop(key, kept);
    this.#throwIfRefused(key);
    for (const [oldest, entry] of this.#kept) {
      if (this.#kept.size < KEPT) break;
      await this.#drop(oldest, entry);
    }
    // In memory and not in the user's own cache; of the same name each time, as GSSAPI cannot destroy a cache.
    const ccache = `MEMORY:netloom-${key.slice(0, 32)}`;
    const made = await this.#ask(credentials, ccache).catch((error: unknown) => {
      if (error instanceof LibraryFailure && isAnswerOfKdc(error.status.minor)) {
        this.#refused.set(key, { failure: error, until: performance.now() + REFUSED_MS });
      }
      throw error;
    });
    const entry: Kept = { ...made, until: performance.now() + KEPT_MS, users: 0, dropped: false };
    this.#kept.set(key, entry);
    return this.#use(key, entry);
  }

  #throwIfRefused(key: string): void {
    const now = performance.now();
    for (const [known, { until }] of this.#refused) if (until <= now) this.#refused.delete(known);
    const refused = this.#refused.get(key);
    if (refused) throw refused.failure;
  }

  #ask(credentials: LoginCredentials, ccache: string): Promise<{ handle: Handle; ccache: string | undefined }> {
    return credentials.kind === 'keytab' ? this.#byKeytab(credentials, ccache) : this.#byPassword(credentials, ccache);
  }

  async #byKeytab({ principal, keytab }: LoginCredentials & { kind: 'keytab' }, ccache: string) {
    this.#gssapi.demand('gss_acquire_cred_from', 'a keytab');
    const store = { client_keytab: keytab, ccache };
    const handle = await this.#named(principal, (name) =>
      this.#gssapi.acquire({ name, mechanism: this.#oids.krb5, store }),
    );
    return { handle, ccache };
  }

  async #byPassword(credentials: LoginCredentials & { kind: 'password' }, ccache: string) {
    this.#gssapi.demand('gss_acquire_cred_with_password', 'a password');
    const password = Uint8Array.from(Buffer.from(credentials.password));
    const handle = await this.#named(principalOf(credentials), (name) =>
      this.#gssapi.acquire({ name, mechanism: this.#oids.krb5, password }),
    );
    if (!this.#gssapi.has('gss_store_cred_into') || !this.#gssapi.has('gss_acquire_cred_from')) {
      return { handle, ccache: undefined };
    }
    try {
      await this.#gssapi.storeCredentials(handle, this.#oids.krb5, { ccache });
      return { handle, ccache };
    } catch (error) {
      await this.#gssapi.releaseCredentials(handle);
      throw error;
    }
  }

  async #named(principal: string, acquire: (name: Handle) => Promise<Handle>): Promise<Handle> {
    const name = await this.#gssapi.importName(principal, this.#oids.userName);
    try {
      return await acquire(name);
    } finally {
      await this.#gssapi.releaseName(name);
    }
  }

  #use(key: string, kept: Kept): Login {
    kept.users++;
    return {
      handle: kept.handle,
      ccache: kept.ccache,
      leave: async (failed) => {
        kept.users--;
        if (failed && !kept.dropped) await this.#drop(key, kept);
        else await this.#releaseUnused(kept);
      },
    };
  }

  async #drop(key: string, kept: Kept): Promise<void> {
    kept.dropped = true;
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
    await this.#releaseUnused(kept);
  }

  async #releaseUnused(kept: Kept): Promise<void> {
    if (kept.dropped && kept.users === 0) await this.#gssapi.releaseCredentials(kept.handle);
  }
}

/**
 * The principal of a user. A realm is written in capitals. A domain without a dot is a NetBIOS name, whose realm only
 * controllers of that domain could tell, so the default realm of the machine is taken.
 */
export function principalOf({ username, domain }: { username: string; domain?: string | undefined }): string {
  const at = username.lastIndexOf('@');
  if (at >= 0) return `${username.slice(0, at)}@${username.slice(at + 1).toUpperCase()}`;
  const backslash = username.indexOf('\\');
  const user = username.slice(backslash + 1);
  const realm = backslash >= 0 ? username.slice(0, backslash) : domain;
  return realm?.includes('.') ? `${user}@${realm.toUpperCase()}` : user;
}
