/** A timer that was started by a {@link Clock}. */
export interface ClockTimer {
  /** Stops the timer; does nothing when it has already run. */
  cancel(): void;
}

/** Reads the time and starts timers. Tests hand in one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1 January 1970 UTC. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds. The timer does not keep the process alive. */
  setTimeout(callback: () => void, ms: number): ClockTimer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
