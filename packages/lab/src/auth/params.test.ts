import { describe, expect, it } from 'vitest';
import { headerToUtf8, parseParams, quoted } from './params.js';

describe('parseParams', () => {
  it.each([
    ['a=1', [['a', '1']]],
    [
      'A="x, \\"y\\" \\\\", b = c ,d=""',
      [
        ['a', 'x, "y" \\'],
        ['b', 'c'],
        ['d', ''],
      ],
    ],
    ["username*=UTF-8''J%C3%A4", [['username*', "UTF-8''J%C3%A4"]]],
    ['', []],
  ])('reads %s', (text, expected) => {
    expect([...(parseParams(text) ?? [])]).toEqual(expected);
  });

  it.each(['a', 'a="open', 'a=1 b=2', 'a=1, A=2', '=1', 'a=1;b=2 c'])('refuses %s', (text) => {
    expect(parseParams(text)).toBeUndefined();
  });

  it('reads back what quoted wrote', () => {
    const text = 'he said "no" \\ left';
    expect(parseParams(`x=${quoted(text)}`)?.get('x')).toBe(text);
  });
});

it('headerToUtf8 reads bytes that came as Latin-1', () => {
  expect(headerToUtf8(Buffer.from('jürgen', 'utf8').toString('latin1'))).toBe('jürgen');
});
