import type { PacLimits } from '@netloom/contracts';

/** Limits of which none is left open. */
export type FullPacLimits = { readonly [K in keyof PacLimits]-?: number };

const DEFAULTS: FullPacLimits = { loadTime: 5000, runTime: 1000, memory: 64 * 1024 * 1024, lookups: 20 };

/** The least of each that a script can do anything with; the engine itself takes some of the memory. */
const LEAST: FullPacLimits = { loadTime: 1, runTime: 1, memory: 1024 * 1024, lookups: 0 };

const UNITS: { readonly [K in keyof PacLimits]-?: string } = {
  loadTime: 'milliseconds',
  runTime: 'milliseconds',
  memory: 'bytes',
  lookups: 'names',
};

/**
 * What a script may use up, with defaults for what is not said.
 *
 * @throws TypeError for a limit that is no number, or too small for any script.
 */
export function fullLimits(limits: PacLimits = {}): FullPacLimits {
  const full = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof PacLimits)[]) {
    const value = limits[name];
    if (value === undefined) continue;
    if (!Number.isFinite(value) || value < LEAST[name]) {
      throw new TypeError(`pac.limits.${name} must be a number of ${UNITS[name]}, at least ${LEAST[name]}`);
    }
    full[name] = value;
  }
  return full;
}
