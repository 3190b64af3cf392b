/** What is used of the npm package `kerberos`, which brings no types of its own that fit every version. */
declare module 'kerberos' {
  interface KerberosClient {
    readonly contextComplete: boolean;
    /** Takes and gives base64; empty or null where there is no token. */
    step(challenge: string): Promise<string | null>;
  }
  interface InitializeOptions {
    readonly mechOID?: number;
    readonly gssFlags?: number;
    readonly user?: string;
    readonly domain?: string;
    readonly password?: string;
  }
  interface Kerberos {
    readonly GSS_MECH_OID_SPNEGO: number;
    initializeClient(service: string, options: InitializeOptions): Promise<KerberosClient>;
  }
  const kerberos: Kerberos;
  export default kerberos;
  export type { Kerberos, KerberosClient };
}
