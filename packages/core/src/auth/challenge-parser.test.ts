import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authParam, parseAuthParams, parseChallenges } from './challenge-parser.js';

/** Schemes with their parameters, or with the token, as short text. */
const read = (fields: string | readonly string[]) =>
  parseChallenges(fields).map(({ scheme, params, token68, malformed }) => {
    const content = token68 ?? params.map(([name, value]) => `${name}=${value}`).join('|');
    return `${scheme}${content === '' ? '' : ` ${content}`}${malformed ? ' (malformed)' : ''}`;
  });

describe('parseChallenges', () => {
  it.each([
    [
      'several in one line',
      'Basic realm="a", Digest realm="b", nonce="n"',
      ['basic realm=a', 'digest realm=b|nonce=n'],
    ],
    ['bare schemes in one line', 'Negotiate, NTLM', ['negotiate', 'ntlm']],
    ['a bare scheme before one with parameters', 'Negotiate, Basic realm="r"', ['negotiate', 'basic realm=r']],
    ['a token between others', 'NTLM, Negotiate YII=, Basic realm=r', ['ntlm', 'negotiate YII=', 'basic realm=r']],
    ['padding of a token', 'Negotiate YWI==', ['negotiate YWI==']],
    ['every character of a token', 'X aZ09-._~+/=', ['x aZ09-._~+/=']],
    [
      'the example of RFC 9110',
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      ['basic realm=simple', 'newauth realm=apps|type=1|title=Login to "apps"'],
    ],
    [
      'commas and equals signs in quotes',
      'Digest realm="a, b=c, Basic d", nonce=n',
      ['digest realm=a, b=c, Basic d|nonce=n'],
    ],
    ['escapes', String.raw`Digest realm="a\"b\\c\d"`, [String.raw`digest realm=a"b\cd`]],
    ['empty elements', ', ,Basic ,, realm=r ,,, NTLM,', ['basic realm=r', 'ntlm']],
    ['blanks around the equals sign', 'Basic realm \t=\t "r"', ['basic realm=r']],
    ['names in lower case', 'DIGEST Realm=R, NONCE=N', ['digest realm=R|nonce=N']],
    ['repeated parameters', 'Basic realm=a, realm=b', ['basic realm=a|realm=b']],
    ['a missing end quote', 'Digest realm="a, nonce=n', ['digest realm=a, nonce=n']],
    ['a missing end quote after a backslash', 'Digest realm="a\\', ['digest realm=a']],
    ['an empty value in quotes', 'Basic realm=""', ['basic realm=']],
    ['nothing', '', []],
    ['commas only', ' , ,', []],
  ])('reads %s', (_what, field, expected) => {
    expect(read(field)).toEqual(expected);
  });

  it.each([
    ['parameters without a scheme', 'nonce="n", Basic realm=r', ['basic realm=r']],
    ['a quoted string in place of a scheme', '"x, y", Basic realm=r', ['basic realm=r']],
    ['text after a quoted value', 'Digest realm="a"x, nonce=n, Basic realm=r', ['digest (malformed)', 'basic realm=r']],
    ['two parameters without a comma', 'Digest realm="a" nonce="n"', ['digest (malformed)']],
    ['a parameter without a value', 'Digest a=1, b=, c=3', ['digest a=1 (malformed)']],
    ['parameters after a token', 'Negotiate YII=, realm=r', ['negotiate YII= (malformed)']],
    ['characters that no token has', 'NTLM !!!!, Basic realm=r', ['ntlm (malformed)', 'basic realm=r']],
    ['a scheme that runs into a quote', 'Basic"x", NTLM', ['basic (malformed)', 'ntlm']],
  ])('survives %s', (_what, field, expected) => {
    expect(read(field)).toEqual(expected);
  });

  it('reads each line by itself', () => {
    expect(read(['Basic realm="open', 'NTLM'])).toEqual(['basic realm=open', 'ntlm']);
    expect(parseChallenges(undefined)).toEqual([]);
  });

  it('keeps the text of each challenge as sent', () => {
    const texts = parseChallenges('NTLM ,  Digest  Realm="a, b" , nonce=n ,').map(({ text }) => text);
    expect(texts).toEqual(['NTLM', 'Digest  Realm="a, b" , nonce=n']);
  });

  it('reads back whatever was written, in any number of lines', () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]*$/);
    const params = fc.array(fc.tuple(token, value), { minLength: 1, maxLength: 4 });
    const token68 = fc.stringMatching(/^[-A-Za-z0-9._~+/]+={0,2}$/);
    const challenge = fc.record({ scheme: token, content: fc.oneof(params, token68, fc.constant(undefined)) });
    const separator = fc.constantFrom(',', ', ', ' , ', ',,', '\t,\t');
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 5 }), separator, fc.boolean(), (challenges, comma, inOneLine) => {
        const lines = challenges.map(({ scheme, content }) => {
          if (content === undefined) return scheme;
          if (typeof content === 'string') return `${scheme} ${content}`;
          const quoted = content.map(([name, text]) => `${name}="${text.replace(/["\\]/g, '\\$&')}"`);
          return `${scheme} ${quoted.join(comma)}`;
        });
        const parsed = parseChallenges(inOneLine ? lines.join(comma) : lines);
        expect(parsed.map(({ scheme, params, token68 }) => ({ scheme, params, token68 }))).toEqual(
          challenges.map(({ scheme, content }) => ({
            scheme: scheme.toLowerCase(),
            params: Array.isArray(content) ? content.map(([name, text]) => [name.toLowerCase(), text]) : [],
            token68: typeof content === 'string' ? content : undefined,
          })),
        );
        expect(parsed.some(({ malformed }) => malformed)).toBe(false);
      }),
    );
  });

  it('never throws, and every challenge is made of the text', () => {
    const fragment = fc.constantFrom(
      'Basic',
      'realm',
      '=',
      '"',
      '\\',
      ',',
      ' ',
      '\t',
      'x',
      '/',
      '\u00fc',
      '\u0000',
      '==',
    );
    const hostile = fc.oneof(
      fc.string(),
      fc.array(fragment).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (field) => {
        for (const { text, scheme } of parseChallenges(field)) {
          expect(field).toContain(text);
          expect(text.slice(0, scheme.length).toLowerCase()).toBe(scheme);
        }
        parseAuthParams(field);
      }),
    );
  });

  // Were any of these read in quadratic time, it would take minutes.
  it.each([
    ['schemes', 'a,'],
    ['words', 'a '],
    ['letters', 'a'],
    ['blanks', ' '],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['open quotes', 'a="\\'],
    ['parameters', 'a=b,'],
    ['equals signs', '='],
    ['tokens that end badly', 'a b=c '],
  ])('reads much of %s', (_what, unit) => {
    const length = 200_000;
    for (const end of ['', '@', '"']) {
      expect(() => parseChallenges(`Basic ${unit.repeat(length / unit.length)}${end}`)).not.toThrow();
    }
  });
});

describe('parseAuthParams', () => {
  it('reads parameters without a scheme', () => {
    expect(parseAuthParams('nextnonce="a,b", qop=auth,, RSPAUTH="c"')).toEqual([
      ['nextnonce', 'a,b'],
      ['qop', 'auth'],
      ['rspauth', 'c'],
    ]);
  });

  it('leaves out what is none', () => {
    expect(parseAuthParams(['Digest, nc=1', '"x"'])).toEqual([['nc', '1']]);
    expect(parseAuthParams(undefined)).toEqual([]);
  });
});

describe('authParam', () => {
  it('takes the last of several', () => {
    const [challenge] = parseChallenges('Basic realm=a, realm=b');
    expect(authParam(challenge!.params, 'realm')).toBe('b');
    expect(authParam(challenge!.params, 'nonce')).toBeUndefined();
  });
});
