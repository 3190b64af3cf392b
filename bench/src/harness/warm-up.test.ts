import { describe, expect, test } from 'vitest';
import { WarmUp } from './warm-up.js';

/** How many of the costs are asked for. */
function taken(costs: readonly number[], slices = 100): number {
  const warmUp = new WarmUp(slices);
  let count = 0;
  while (!warmUp.isOver && count < costs.length) warmUp.add(costs[count++]!);
  return count;
}

describe('warm-up', () => {
  const same = (cost: number, slices: number): number[] => Array(slices).fill(cost);

  test('is over when sixteen slices in turn were not faster', () => {
    expect(taken([100, 50, ...same(40, 20)])).toBe(3 + 16);
  });

  test('goes on as long as now and then a slice is faster', () => {
    expect(taken([...same(100, 15), 90, ...same(100, 14), 80, ...same(100, 20)])).toBe(31 + 16);
  });

  test('takes what is within the noise for no progress', () => {
    expect(taken([100, 99, 98.5, 98, 97.5, 97.1, ...same(97, 20)])).toBe(17);
  });

  test('ends after so many slices', () => {
    expect(
      taken(
        Array.from({ length: 100 }, (_, i) => 0.9 ** i),
        20,
      ),
    ).toBe(20);
  });
});
