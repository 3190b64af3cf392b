/**
 * Slices that in turn were no faster than one before, after which a program is taken to be as fast as it gets. V8 has
 * stood still for up to four seconds between two steps, as net.request at 80 µs before it came to 51.
 */
const PATIENCE = 16;
/** What counts as faster: less is what machines differ by from one moment to the next. */
const STEP = 0.97;

/** Follows what an operation costs while code is being compiled, and tells when that has settled. */
export class WarmUp {
  readonly #slices: number;
  #best = Number.POSITIVE_INFINITY;
  #sinceBest = 0;
  #count = 0;

  /** @param slices - at most so many. */
  constructor(slices: number) {
    this.#slices = slices;
  }

  /** @param cost - of an operation in one more slice, in any unit. */
  add(cost: number): void {
    this.#count += 1;
    this.#sinceBest += 1;
    if (cost >= this.#best * STEP) return;
    this.#best = cost;
    this.#sinceBest = 0;
  }

  /** Whether further slices would not be faster. */
  get isOver(): boolean {
    return this.#count >= this.#slices || this.#sinceBest >= PATIENCE;
  }
}
