import { describe, expect, it } from 'vitest';
import { coresOf } from './cores.js';

describe('coresOf', () => {
  it.each([
    ['0-1', [0, 1]],
    ['3', [3]],
    ['0-2,5,7-8', [0, 1, 2, 5, 7, 8]],
    ['', []],
  ])('%j', (list, cores) => {
    expect(coresOf(list)).toEqual(cores);
  });
});
