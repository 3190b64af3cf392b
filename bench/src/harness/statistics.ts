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
 * Round by round, what one costs in relation to another. Only values of one round are compared: machines differ, and so
 * does one machine from minute to minute.
 *
 * @throws RangeError where the rounds are not the same ones, or the other cost nothing.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length)
    throw new RangeError(`There are ${ours.length} rounds of one and ${theirs.length} of the other`);
  return ours.map((cost, round) => {
    const other = theirs[round]!;
    if (!(other > 0)) throw new RangeError(`Round ${round + 1} has nothing to compare with`);
    return cost / other;
  });
}

/** The one that costs least by its median; of several values of one round the least is mostly luck. */
export function cheapest(others: readonly (readonly number[])[]): readonly number[] {
  const [first, ...rest] = others;
  if (!first) throw new RangeError('There is nobody to compare with');
  return rest.reduce((best, other) => (summarise(other).median < summarise(best).median ? other : best), first);
}
