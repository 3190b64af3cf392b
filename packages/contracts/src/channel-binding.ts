/**
 * The binding of a sign-in to the TLS connection on which its header travels (RFC 5056, RFC 5929 section 4).
 */
export interface ChannelBinding {
  /** Hash of the peer's certificate. */
  readonly type: 'tls-server-end-point';
  /** `tls-server-end-point:` as ASCII bytes, followed by the hash of the certificate. */
  readonly applicationData: Uint8Array;
}
