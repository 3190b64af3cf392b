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
  test('is over when three slices in turn were not faster', () => {
    expect(taken([100, 50, 40, 40, 40, 40, 40, 40, 40, 40])).toBe(6);
  });

  test('goes on as long as now and then a slice is faster', () => {
    expect(taken([100, 100, 100, 90, 100, 100, 80, 100, 100, 100, 100, 100, 100])).toBe(10);
  });

  test('takes what is within the noise for no progress', () => {
    expect(taken([100, 99, 98.5, 98, 97.5, 97.1, 97, 97])).toBe(4);
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
