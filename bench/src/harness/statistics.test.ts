import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapest, ratios, summarise } from './statistics.js';

describe('summarise', () => {
  it('gives median, extremes and quartiles, whatever the order', () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({ median: 3, min: 1, max: 5, quartiles: [2, 4] });
  });

  it('takes the middle between two', () => {
    expect(summarise([1, 2, 3, 10])).toEqual({ median: 2.5, min: 1, max: 10, quartiles: [1.75, 4.75] });
  });

  it('takes one value for all of them', () => {
    expect(summarise([7])).toEqual({ median: 7, min: 7, max: 7, quartiles: [7, 7] });
  });

  it('refuses no value and values that are none', () => {
    expect(() => summarise([])).toThrow('no value');
    expect(() => summarise([1, Number.NaN])).toThrow('NaN');
    expect(() => summarise([Number.POSITIVE_INFINITY])).toThrow('Infinity');
  });

  it('has its figures in order, within the values, and leaves those as they are', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        const before = [...list];
        const { min, quartiles, median, max } = summarise(list);
        expect(list).toEqual(before);
        const order = [Math.min(...list), min, quartiles[0], median, quartiles[1], max, Math.max(...list)];
        for (let i = 1; i < order.length; i++) expect(order[i]! - order[i - 1]!).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });
});

describe('ratios', () => {
  it('compares what belongs to one round', () => {
    expect(ratios([2, 30, 8], [1, 10, 16])).toEqual([2, 3, 0.5]);
  });

  it('refuses rounds that are not the same, and a round that cost nothing', () => {
    expect(() => ratios([1, 2], [1])).toThrow('2 rounds of one and 1 of the other');
    expect(() => ratios([1, 2], [1, 0])).toThrow('Round 2');
  });
});

describe('cheapest', () => {
  it('goes by the median, not by the luckiest round', () => {
    expect(
      cheapest([
        [1, 9, 9],
        [5, 5, 5],
        [8, 8, 8],
      ]),
    ).toEqual([5, 5, 5]);
  });

  it('refuses nobody', () => {
    expect(() => cheapest([])).toThrow('nobody');
  });
});
