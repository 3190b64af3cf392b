import type { Clock } from '@netloom/contracts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.UTC(2025, 0, 1);
  #timers = new Map<object, { readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number) {
    const timer = { cancel: () => void this.#timers.delete(timer) };
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return timer;
  }

  /** How long each pending timer still has to run, in ms, in order. */
  get pending(): readonly number[] {
    return [...this.#timers.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Moves the time on and runs what falls due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [timer, { at, callback }] = due;
      this.#timers.delete(timer);
      this.#now = at;
      callback();
    }
    this.#now = until;
  }
}
