import type { ContextCredentials } from '../provider.js';
import type { Gssapi, Handle } from './gssapi.js';
import { type LoginCredentials, Logins } from './logins.js';

/** Credentials that a context uses, and the mechanism that it uses them with. */
export interface Acquired {
  readonly handle: Handle;
  readonly mechanism: Uint8Array;
  /** Gives them back; called once. `failed`: the tickets are not to be used again. */
  giveBack(failed: boolean): Promise<void>;
}

/** Object identifiers that acquiring needs. */
export interface CredentialOids {
  readonly spnego: Uint8Array;
  readonly krb5: Uint8Array;
  readonly userName: Uint8Array;
}

/** Acquires credentials: what the system keeps is looked up each time, tickets of a login are kept for a while. */
export class Credentials {
  readonly #gssapi: Gssapi;
  readonly #oids: CredentialOids;
  readonly #logins: Logins;

  constructor(gssapi: Gssapi, oids: CredentialOids) {
    this.#gssapi = gssapi;
    this.#oids = oids;
    this.#logins = new Logins(gssapi, oids);
  }

  /**
   * @param mechanism - SPNEGO or Kerberos; a library that cannot carry these credentials in SPNEGO uses Kerberos.
   * @throws LibraryFailure when there are none.
   */
  async acquire(credentials: ContextCredentials, mechanism: Uint8Array): Promise<Acquired> {
    if (credentials.kind === 'password' || credentials.kind === 'keytab')
      return this.#afterLogin(credentials, mechanism);
    if (credentials.kind === 'ccache') this.#gssapi.demand('gss_acquire_cred_from', 'a named credential cache');
    const store = credentials.kind === 'ccache' ? { ccache: credentials.ccache } : undefined;
    const handle = await this.#lookUp(mechanism, store);
    return { handle, mechanism, giveBack: () => this.#gssapi.releaseCredentials(handle) };
  }

  async #afterLogin(credentials: LoginCredentials, mechanism: Uint8Array): Promise<Acquired> {
    const login = await this.#logins.logIn(credentials);
    if (login.ccache === undefined) {
      return { handle: login.handle, mechanism: this.#oids.krb5, giveBack: (failed) => login.leave(failed) };
    }
    try {
      const handle = await this.#lookUp(mechanism, { ccache: login.ccache });
      const giveBack = async (failed: boolean) => {
        await this.#gssapi.releaseCredentials(handle);
        await login.leave(failed);
      };
      return { handle, mechanism, giveBack };
    } catch (error) {
      await login.leave(true);
      throw error;
    }
  }

  async #lookUp(mechanism: Uint8Array, store: Readonly<Record<string, string>> | undefined): Promise<Handle> {
    const handle = await this.#gssapi.acquire({ name: 0n, mechanism, store });
    // Without Kerberos SPNEGO would go on with any mechanism that is installed, and send what nobody asked for.
    if (mechanism === this.#oids.spnego && this.#gssapi.has('gss_set_neg_mechs')) {
      await this.#gssapi.setNegotiable(handle, this.#oids.krb5);
    }
    return handle;
  }
}
