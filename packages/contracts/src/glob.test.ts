import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.js';

const asRegExp = (pattern: string) =>
  new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\?/g, '.?').replace(/\*/g, '.*')}$`);

describe('compileGlob', () => {
  it.each([
    ['*', '', true],
    ['a*', 'a', true],
    ['*a*b*', 'xxaxbx', true],
    ['a*a', 'a', false],
    ['ab*ba', 'aba', false],
    ['a?b', 'ab', true],
    ['a?b', 'axb', true],
    ['a?b', 'axxb', false],
    ['*a?b', 'axab', true],
    ['', '', true],
    ['', 'a', false],
  ])('%s against %j: %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const text = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 10 });
    fc.assert(
      fc.property(text('ab.*?'), text('ab.'), (pattern, subject) => {
        expect(compileGlob(pattern)(subject), `${pattern} against ${subject}`).toBe(asRegExp(pattern).test(subject));
      }),
      { numRuns: 1000 },
    );
  });

  it('does not go back over hostile input', () => {
    expect(compileGlob('*a'.repeat(2000))('a'.repeat(1999))).toBe(false);
    expect(compileGlob(`${'*a'.repeat(50)}?b`)('a'.repeat(2000))).toBe(false);
  });
});
