import type { PacLimits } from '@netloom/contracts';

/** Limits of which none is left open. */
export type FullPacLimits = { readonly [K in keyof PacLimits]-?: number };

const DEFAULTS: FullPacLimits = { loadTime: 5000, runTime: 1000, memory: 64 * 1024 * 1024, lookups: 20 };

/** What a script may use up, with defaults for what is not said. */
export function fullLimits(limits: PacLimits = {}): FullPacLimits {
  const { loadTime, runTime, memory, lookups } = limits;
  return {
    loadTime: loadTime ?? DEFAULTS.loadTime,
    runTime: runTime ?? DEFAULTS.runTime,
    memory: memory ?? DEFAULTS.memory,
    lookups: lookups ?? DEFAULTS.lookups,
  };
}
