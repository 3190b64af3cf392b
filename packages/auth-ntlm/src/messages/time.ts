/** Milliseconds from 1 January 1601 to 1 January 1970, both UTC. */
const EPOCH_DIFFERENCE = 11_644_473_600_000n;
const STEPS_PER_MS = 10_000n;

/**
 * The time as NTLM writes it: 100 ns steps since 1601 (MS-DTYP 2.3.3, FILETIME).
 *
 * @param ms - milliseconds since 1970, cut to whole ones.
 */
export function filetime(ms: number): bigint {
  return (BigInt(Math.trunc(ms)) + EPOCH_DIFFERENCE) * STEPS_PER_MS;
}

/** The date of a FILETIME, or undefined where it lies beyond what a Date can hold. */
export function filetimeToDate(steps: bigint): Date | undefined {
  const date = new Date(Number(steps / STEPS_PER_MS - EPOCH_DIFFERENCE));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
