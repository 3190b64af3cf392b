/** What GSSAPI answered when a call of it failed. */
export interface GssapiStatus {
  /** The function that failed. */
  readonly call: string;
  /** Major status (RFC 2744 section 3.9.1), unsigned 32 bits. */
  readonly major: number;
  /** Minor status of the mechanism, unsigned 32 bits. */
  readonly minor: number;
  /** The library's own words for both. */
  readonly text: string;
}

/** A call of GSSAPI failed. Never reaches a program: it becomes a SchemeError. */
export class GssapiFailure extends Error {
  constructor(readonly status: GssapiStatus) {
    super(`${status.call}: ${status.text}`);
    this.name = 'GssapiFailure';
  }
}

/** Whether a major status is an error: bits above 16 are calling and routine errors, those below are information. */
export function isError(major: number): boolean {
  return major >>> 16 !== 0;
}

/** The table of errors of Kerberos (com_err), as unsigned numbers. */
const KERBEROS_CODES = 0x96c73a00;

/** Whether a minor status is Kerberos' own; SPNEGO has others, which say less. */
export function isKerberosCode(minor: number): boolean {
  return minor >= KERBEROS_CODES && minor <= KERBEROS_CODES + 0xff;
}
