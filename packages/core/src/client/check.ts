/*
 * Checks of what callers hand in. Each throws a TypeError that names the argument, what was expected and what came.
 */

/** A whole number of at least `min`. */
export function assertInteger(name: string, value: unknown, min: number): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= min) return;
  throw new TypeError(`${name} has to be a whole number of at least ${min}; got ${show(value)}`);
}

/** A value of a `typeof` type, or undefined. */
export function assertOptional(name: string, value: unknown, type: 'string' | 'boolean' | 'function' | 'object'): void {
  if (value === undefined) return;
  if (typeof value === type && value !== null) return;
  throw new TypeError(`${name} has to be a ${type}; got ${show(value)}`);
}

/** One of the given words, or undefined. */
export function assertOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return;
  throw new TypeError(`${name} has to be one of ${allowed.join(', ')}; got ${show(value)}`);
}

/** A value for an error message: short, and without what an object may hold. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'an array' : (Object.getPrototypeOf(value)?.constructor?.name ?? 'an object');
}
