import { it } from 'vitest';

/** Sets off the reason in the name of a row that waits for a capability; the reporter lists such rows by it. */
export const PENDING = ' — pending: ';

/** A row that cannot run yet. */
export function pending(name: string, reason: string): void {
  it.todo(`${name}${PENDING}${reason}`);
}
