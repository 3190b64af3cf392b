import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flattenFields, getHeader, hasHeader, isToken, toHeaderList, withHeader, withoutHeaders } from './headers.js';

const tokenChar = fc.constantFrom(..."!#$%&'*+-.^_`|~09azAZ");
const token = fc.string({ unit: tokenChar, minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__');
const valueChar = fc.constantFrom('\t', ' ', '!', 'a', 'Z', '~', '\x80', 'ÿ');
const value = fc.string({ unit: valueChar, maxLength: 12 });
const anything = fc.string({ unit: fc.integer({ min: 0, max: 0x120 }).map((code) => String.fromCharCode(code)) });
const pairs = fc.array(fc.tuple(token, value), { maxLength: 8 });

describe('toHeaderList', () => {
  test.each([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an object', { A: '1', b: '2' }, ['A', '1', 'b', '2']],
    ['an object with repeated fields', { a: ['1', '2'] }, ['a', '1', 'a', '2']],
    ['a flat array', ['A', '1', 'A', '2'], ['A', '1', 'A', '2']],
    ['a flat array with repeated fields', ['A', ['1', '2']], ['A', '1', 'A', '2']],
    [
      'pairs',
      [
        ['A', '1'],
        ['b', ['2', '3']],
      ],
      ['A', '1', 'b', '2', 'b', '3'],
    ],
    ['an iterable', new Map([['A', '1']]), ['A', '1']],
    ['Headers', new Headers({ A: '1' }), ['a', '1']],
    ['an object without prototype', Object.assign(Object.create(null), { a: '1' }), ['a', '1']],
    ['undefined values', { a: undefined, b: '1' }, ['b', '1']],
    ['null values', { a: null }, ['a', '']],
    ['numbers and booleans', { a: 1, b: true, c: 2n }, ['a', '1', 'b', 'true', 'c', '2']],
    ['Latin-1', { a: 'é' }, ['a', 'é']],
  ])('takes %s', (_what, given, expected) => {
    expect(toHeaderList(given)).toEqual(expected);
  });

  test.each([
    ['text', 'a: 1', /headers have to be an object/],
    ['a flat array of odd length', ['a'], /names and values in turn; got 1 entries/],
    ['pairs that are none', [['a', '1', '2']], /pairs of name and value/],
    ['an iterable of texts', new Set(['a']), /pairs of name and value/],
    ['an empty name', { '': '1' }, /header name has to be a token.*""/],
    ['a name with a space', { 'a b': '1' }, /header name has to be a token.*"a b"/],
    ['a name with a line break', { 'a\r\nb': '1' }, /header name has to be a token.*"a\\r\\nb"/],
    ['a name that is no text', [[1, '1']], /header name has to be a token.*number/],
    ['a line break', { 'x-a': 'secret\r\nb: 2' }, /value of header "x-a"/],
    ['a lone LF', { 'x-a': 'secret\n' }, /value of header "x-a"/],
    ['NUL', { 'x-a': 'secret\0' }, /value of header "x-a"/],
    ['DEL', { 'x-a': 'secret\x7f' }, /value of header "x-a"/],
    ['text beyond Latin-1', { 'x-a': 'secret€' }, /value of header "x-a"/],
    ['one bad value of several', { 'x-a': ['fine', 'secret\n'] }, /value of header "x-a"/],
    ['an object as value', { 'x-a': {} }, /value of header "x-a".*got object/],
    ['a function as value', { 'x-a': () => 'secret' }, /value of header "x-a".*got function/],
    ['an array in an array', { 'x-a': [['secret']] }, /value of header "x-a".*got an array/],
  ])('refuses %s, naming the field and not its value', (_what, given, expected) => {
    expect(() => toHeaderList(given)).toThrow(expected);
    expect(() => toHeaderList(given)).toThrow(TypeError);
    expect(() => toHeaderList(given)).not.toThrow(/secret/);
  });

  test('every form of the same fields gives the same list', () => {
    fc.assert(
      fc.property(pairs, (fields) => {
        const list = fields.flat();
        expect(toHeaderList(list)).toEqual(list);
        expect(toHeaderList(fields.length === 0 ? undefined : fields)).toEqual(list);
        expect(toHeaderList(new Set(fields))).toEqual(list);
      }),
    );
  });

  test('an object gives its fields in order', () => {
    fc.assert(
      fc.property(fc.dictionary(token, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))), (fields) => {
        const expected = Object.entries(fields).flatMap(([name, one]) => [one].flat().flatMap((text) => [name, text]));
        expect(toHeaderList(fields)).toEqual(expected);
      }),
    );
  });

  test('what it lets through cannot break out of its line', () => {
    fc.assert(
      fc.property(anything, anything, (name, text) => {
        let list: string[];
        try {
          list = toHeaderList([[name, text]]);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(list).toEqual([name, text]);
        expect(isToken(name)).toBe(true);
        const bytes = Buffer.from(text, 'latin1');
        expect(bytes.toString('latin1')).toBe(text);
        expect(bytes.some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f)).toBe(false);
      }),
    );
  });
});

describe('a header list', () => {
  const list = ['Accept', 'a', 'X-Y', '1', 'accept', 'b'];

  test('is searched without regard to case', () => {
    expect(getHeader(list, 'x-y')).toBe('1');
    expect(getHeader(list, 'ACCEPT')).toBe('a, b');
    expect(getHeader(list, 'x')).toBeUndefined();
    expect(hasHeader(list, 'x-Y')).toBe(true);
    expect(hasHeader(list, '1')).toBe(false);
  });

  test('is not changed by the functions that make another of it', () => {
    const frozen = Object.freeze([...list]);
    expect(withHeader(frozen, 'accept', 'c')).toEqual(['Accept', 'c', 'X-Y', '1']);
    expect(withHeader(frozen, 'New', '2')).toEqual([...list, 'New', '2']);
    expect(withoutHeaders(frozen, (name) => name === 'accept')).toEqual(['X-Y', '1']);
  });

  test('keeps all other fields, and exactly one of the one set', () => {
    fc.assert(
      fc.property(pairs, token, value, (fields, name, text) => {
        const made = withHeader(fields.flat(), name, text);
        expect(getHeader(made, name)).toBe(text);
        const isOther = (present: string) => present !== name.toLowerCase();
        expect(withoutHeaders(made, (present) => !isOther(present))).toEqual(
          withoutHeaders(fields.flat(), (present) => !isOther(present)),
        );
      }),
    );
  });
});

test('response fields are flattened', () => {
  expect(flattenFields({ a: '1', b: ['2', '3'], c: undefined })).toEqual(['a', '1', 'b', '2', 'b', '3']);
});
