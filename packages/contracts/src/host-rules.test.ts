import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostRules, type HostRulesOptions, parseHostRule } from './host-rules.js';

const matched = (rules: string, url: string, options?: HostRulesOptions) =>
  HostRules.parse(rules, options).matches(new URL(url));

describe('HostRules', () => {
  it('tells which rule decided', () => {
    const rules = HostRules.parse('*.corp.test, 10.0.0.0/8');
    expect(rules.match(new URL('http://a.corp.test/'))).toEqual({ matched: true, rule: '*.corp.test' });
    expect(rules.match(new URL('http://10.1.1.1/'))).toEqual({ matched: true, rule: '10.0.0.0/8' });
    expect(rules.match(new URL('http://localhost/'))).toEqual({ matched: true, rule: 'implicit' });
    expect(rules.match(new URL('http://other.test/'))).toEqual({ matched: false, rule: undefined });
  });

  it('lets the last matching rule decide', () => {
    expect(matched('127.0.0.1, <-loopback>', 'http://127.0.0.1/')).toBe(false);
    expect(matched('<-loopback>, 127.0.0.1', 'http://127.0.0.1/')).toBe(true);
  });

  it('implies nothing when told so', () => {
    expect(matched('', 'http://localhost/', { implicit: false })).toBe(false);
    expect(matched('localhost', 'http://localhost/', { implicit: false })).toBe(true);
  });

  it('knows the name loopback only on Windows', () => {
    expect(matched('', 'http://loopback/')).toBe(false);
    expect(matched('', 'http://loopback/', { loopbackName: true })).toBe(true);
  });

  it('inverts named rules but not the implicit ones', () => {
    expect(matched('.test', 'http://a.test/', { reverse: true })).toBe(false);
    expect(matched('.test', 'http://a.example/', { reverse: true })).toBe(true);
    expect(matched('.test', 'http://localhost/', { reverse: true })).toBe(true);
  });

  it.each([
    ['10.20/16', 'http://10.0.0.20/', true],
    ['ftp://10.0.0.0/8', 'http://10.1.1.1/', true],
    ['HTTP://A.test', 'http://a.test/', true],
    ['[::1]:80', 'http://[::1]/', true],
    ['::1', 'http://[::1]:8080/', true],
    ['10.1', 'http://10.0.0.1/', true],
    ['wss://a.test:443', 'wss://a.test/', true],
    ['a.test:443', 'http://a.test/', false],
    ['*:8080', 'http://any.test:8080/', true],
    ['a?.test', 'http://ab.test/', true],
  ])('%s against %s: %s', (rules, url, expected) => {
    expect(matched(`<-loopback>;${rules}`, url)).toBe(expected);
  });

  it('refuses what is no list', () => {
    expect(() => HostRules.parse(7 as unknown as string)).toThrow(TypeError);
    expect(() => HostRules.parse([null] as unknown as string[])).toThrow(/list of strings/);
  });

  it('writes rules that read the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab*.:/[]<>-0129?') }), (text) => {
        const rule = parseHostRule(text);
        if (rule !== undefined) expect(parseHostRule(rule.canonical)?.canonical).toBe(rule.canonical);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes megabytes of nonsense', () => {
    const rules = HostRules.parse(`${'*a'.repeat(100_000)};${'x,'.repeat(100_000)}${' '.repeat(1_000_000)}`);
    expect(rules.rules).toHaveLength(100_001);
    expect(rules.matches(new URL(`http://${'a'.repeat(5000)}.test/`))).toBe(false);
  });
});
