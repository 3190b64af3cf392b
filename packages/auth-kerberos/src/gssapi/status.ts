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

/** Whether a minor status is what a KDC answered (RFC 4120 section 7.5.9), and not what this machine found. */
export function isAnswerOfKdc(minor: number): boolean {
  return isKerberosCode(minor) && minor < KERBEROS_CODES + 0x80;
}
