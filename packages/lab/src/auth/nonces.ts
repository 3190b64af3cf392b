import { randomBytes } from 'node:crypto';

const REMEMBERED = 10_000;

/** How a nonce with its count was received. */
export type NonceUse = 'fresh' | 'stale' | 'replayed' | 'unknown';

/** The nonces a server has given out, and the counts each was used with (RFC 7616, 3.3 and 3.4.2). */
export class NonceTable {
  readonly #counts = new Map<string, Set<number>>();
  readonly #staleAfter: number;

  /** @param staleAfter - uses after which a nonce is stale. */
  constructor(staleAfter = Number.POSITIVE_INFINITY) {
    this.#staleAfter = staleAfter;
  }

  issue(): string {
    const nonce = randomBytes(18).toString('base64');
    this.#counts.set(nonce, new Set());
    if (this.#counts.size > REMEMBERED) this.#counts.delete(this.#counts.keys().next().value!);
    return nonce;
  }

  /** Marks a use. Counts may come out of order, because requests run in parallel, but each only once. */
  use(nonce: string, count: number): NonceUse {
    const counts = this.#counts.get(nonce);
    if (!counts) return 'unknown';
    if (counts.size >= this.#staleAfter) return 'stale';
    if (counts.has(count)) return 'replayed';
    counts.add(count);
    return 'fresh';
  }

  /** A use without a count (no qop): only the number of uses matters. */
  useUncounted(nonce: string): NonceUse {
    return this.use(nonce, (this.#counts.get(nonce)?.size ?? 0) + 1);
  }
}
