import type { Clock } from '@netloom/contracts';

/** Answers that are kept in each of the two halves. */
const HALF = 1000;
/** Longer URLs are not worth their memory. */
const MAX_KEY = 2048;

/**
 * What a stateless script said, under the very text that it saw, for as long as the answers of the network that it
 * depended on hold. When one half is full the other, with what was not used meanwhile, is dropped.
 */
export class RememberedAnswers<T> {
  readonly #clock: Clock;
  #recent = new Map<string, Entry<T>>();
  #older = new Map<string, Entry<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(url: string): T | undefined {
    const recent = this.#recent.get(url);
    const entry = recent ?? this.#older.get(url);
    if (entry === undefined) return undefined;
    if (entry.until <= this.#clock.now()) {
      this.#recent.delete(url);
      this.#older.delete(url);
      return undefined;
    }
    if (recent === undefined) this.#keep(url, entry);
    return entry.answer;
  }

  /** @param ttl - how long the answer holds, in ms. */
  set(url: string, answer: T, ttl: number): void {
    if (url.length <= MAX_KEY && ttl > 0) this.#keep(url, { answer, until: this.#clock.now() + ttl });
  }

  clear(): void {
    this.#recent.clear();
    this.#older.clear();
  }

  #keep(url: string, entry: Entry<T>): void {
    if (this.#recent.size >= HALF) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(url, entry);
  }
}

interface Entry<T> {
  readonly answer: T;
  readonly until: number;
}
