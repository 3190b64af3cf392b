import type { EventEmitter } from 'node:events';

/**
 * Emits an event in the middle of other work. What a listener throws becomes an uncaught exception, as with every event,
 * instead of an error of whoever happens to be calling.
 *
 * @returns whether somebody listens.
 */
export function emitApart(emitter: EventEmitter, event: string, ...args: unknown[]): boolean {
  return apart(() => emitter.emit(event, ...args), true);
}

/** Runs what may call a program's listeners; see {@link emitApart}. */
export function apart<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
    return otherwise;
  }
}
