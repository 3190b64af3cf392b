import type { Clock, PacAnswer, ProxyRoute } from '@netloom/contracts';

/** What a script said about one URL. */
export interface RememberedAnswer {
  readonly routes: readonly ProxyRoute[];
  readonly answer: PacAnswer;
}

const MAX_ENTRIES = 2000;
/** Longer URLs are not worth their memory. */
const MAX_KEY = 2048;

/**
 * What a stateless script said, under the very text that it saw, for as long as the answers of the network that it
 * depended on hold. The entry that was not used for longest goes first.
 */
export class RememberedAnswers {
  readonly #clock: Clock;
  readonly #entries = new Map<string, RememberedAnswer & { readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(url: string): RememberedAnswer | undefined {
    const entry = this.#entries.get(url);
    if (entry === undefined) return undefined;
    this.#entries.delete(url);
    if (entry.until <= this.#clock.now()) return undefined;
    this.#entries.set(url, entry);
    return entry;
  }

  set(url: string, remembered: RememberedAnswer): void {
    if (url.length > MAX_KEY) return;
    const ttl = Math.min(...remembered.answer.lookups.map((lookup) => lookup.ttl), Number.POSITIVE_INFINITY);
    if (ttl <= 0) return;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(url, { ...remembered, until: this.#clock.now() + ttl });
  }

  clear(): void {
    this.#entries.clear();
  }
}
