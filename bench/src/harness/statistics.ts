/** Where the values of several rounds lie. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Lower and upper quartile: half of the values lie between them. */
  readonly quartiles: readonly [lower: number, upper: number];
}

/**
 * Median, extremes and quartiles.
 *
 * @throws RangeError where there is no value, or one that is no finite number.
 */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('There is no value to summarise');
  const sorted = [...values].sort((one, other) => one - other);
  const strange = sorted.find((value) => !Number.isFinite(value));
  if (strange !== undefined) throw new RangeError(`A measured value has to be a finite number; got ${strange}`);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0]!,
    max: sorted.at(-1)!,
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/** The value below which that share of a sorted list lies, interpolated between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below]!;
  const upper = sorted[below + 1] ?? lower;
  return lower + (upper - lower) * (place - below);
}

/**
 * Round by round, what one costs in relation to the cheapest of others. Only values of one round are compared: machines
 * differ, and so does one machine from minute to minute.
 */
export function ratios(ours: readonly number[], others: readonly (readonly number[])[]): number[] {
  return ours.map((cost, round) => {
    const cheapest = Math.min(...others.map((costs) => costs[round] ?? Number.NaN));
    if (!(cheapest > 0)) throw new RangeError(`Round ${round + 1} has nothing to compare with`);
    return cost / cheapest;
  });
}
