/** What a library answered when a call of it failed; plain data, which can cross to another process. */
export interface LibraryStatus {
  /** The function that failed. */
  readonly call: string;
  /** Major status of GSSAPI (RFC 2744 section 3.9.1), or the SECURITY_STATUS of SSPI; unsigned 32 bits. */
  readonly major: number;
  /** Minor status of the mechanism, unsigned 32 bits; 0 where there is none. */
  readonly minor: number;
  /** The library's own words. */
  readonly text: string;
}

/** A call of a library failed. Never reaches a program: it becomes a SchemeError. */
export class LibraryFailure extends Error {
  constructor(readonly status: LibraryStatus) {
    super(`${status.call}: ${status.text}`);
    this.name = 'LibraryFailure';
  }
}
