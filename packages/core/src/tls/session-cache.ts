import type { X509Certificate } from 'node:crypto';
import type { NetErrorCode } from '@netloom/contracts';

/** TLS sessions that are kept; the least recently stored go first. */
const MAX_SESSIONS = 256;

/** A session to resume, and what its first handshake told of the peer: a resumed one shows no certificate. */
export interface TlsSession {
  readonly ticket: Buffer;
  readonly certificate: X509Certificate | undefined;
  /** The certificate and those of its issuers, where somebody looks at them. */
  readonly chain: readonly X509Certificate[];
  /** What the default check had against the certificate. */
  readonly errors: readonly NetErrorCode[];
}

/** TLS sessions to resume, by peer (RFC 8446 section 2.2). Belongs to one TLS profile, so that what it was checked with is the same. */
export class SessionCache {
  readonly #sessions = new Map<string, TlsSession>();

  get(peer: string): TlsSession | undefined {
    return this.#sessions.get(peer);
  }

  set(peer: string, session: TlsSession): void {
    this.#sessions.delete(peer);
    this.#sessions.set(peer, session);
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
  }

  delete(peer: string): void {
    this.#sessions.delete(peer);
  }
}
