/** TLS sessions that are kept; the least recently stored go first. */
const MAX_SESSIONS = 256;

/** TLS sessions to resume, by peer (RFC 8446 section 2.2). Belongs to one TLS profile, so that what it was checked with is the same. */
export class SessionCache {
  readonly #sessions = new Map<string, Buffer>();

  get(peer: string): Buffer | undefined {
    return this.#sessions.get(peer);
  }

  set(peer: string, session: Buffer): void {
    this.#sessions.delete(peer);
    this.#sessions.set(peer, session);
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
  }

  delete(peer: string): void {
    this.#sessions.delete(peer);
  }
}
