import type { Clock, ClockTimer } from '@netloom/contracts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.UTC(2024, 0, 1);
  readonly #timers = new Set<Timer>();
  readonly #watchers = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  /** Timers that are running. */
  get pending(): number {
    return this.#timers.size;
  }

  setTimeout(callback: () => void, ms: number): ClockTimer {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    for (const watcher of [...this.#watchers]) watcher();
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves the clock on, running the timers that come due in their order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Waits until a timer runs that comes due in `ms` milliseconds from now. */
  async armed(ms: number): Promise<void> {
    const isArmed = () => [...this.#timers].some(({ at }) => at === this.#now + ms);
    while (!isArmed()) {
      await new Promise<void>((resolve) => {
        const watcher = () => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
  }
}
