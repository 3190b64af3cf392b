/** What is wrong with a server's certificate; `good` is nothing. */
export type CertFlaw = 'good' | 'expired' | 'wrong-name' | 'self-signed' | 'unknown-ca';

/** A server's certificate and what it asks of clients. */
export interface CertOptions {
  /** Default `good`. */
  readonly kind?: CertFlaw;
  /** Default `ecdsa` (P-256); `rsa` has 2048 bits. */
  readonly key?: 'ecdsa' | 'rsa';
  /** Hash of the certificate's signature, which `tls-server-end-point` bindings use. Default `sha256`. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  /** Names (DNS or IP) besides `localhost`, `127.0.0.1`, `::1`, `*.corp.test` and `*.partner.test`. */
  readonly names?: readonly string[];
  /** Whether a certificate of the lab's CA is asked of the client: `true` closes without one. Default false. */
  readonly requestClientCert?: boolean | 'optional';
}

/** Short or long form of a server's certificate. */
export type CertKind = CertFlaw | CertOptions;

/** A certificate with its key, in PEM. */
export interface KeyCert {
  readonly cert: string;
  readonly key: string;
}
