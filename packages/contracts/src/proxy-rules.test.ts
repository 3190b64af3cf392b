import { describe, expect, it } from 'vitest';
import { HostRules } from './host-rules.js';
import { applyProxyRules, parseProxyRules } from './proxy-rules.js';
import { formatPacResult } from './proxy-uri.js';

const apply = (rules: string, url: string, bypass?: string) =>
  applyProxyRules(parseProxyRules(rules), new URL(url), bypass === undefined ? undefined : HostRules.parse(bypass));

describe('parseProxyRules', () => {
  it.each(['', ';;', '=', ' = '])('%j names no list', (text) => {
    expect(parseProxyRules(text).single).toEqual([]);
  });

  it('joins the lists of a scheme that is named twice', () => {
    expect(formatPacResult(parseProxyRules('http=a;http=b').http)).toBe('PROXY a:80;PROXY b:80');
  });

  it('takes scheme names in lower case only', () => {
    expect(parseProxyRules('HTTP=a').http).toEqual([]);
  });

  it('refuses what is no string', () => {
    expect(() => parseProxyRules(undefined as unknown as string)).toThrow(/must be a string/);
  });
});

describe('applyProxyRules', () => {
  it('tells which part of the rules decided', () => {
    expect(apply('http=a;socks=b', 'https://x.test/').rule).toBe('fallback');
    expect(apply('http=a', 'http://x.test/').rule).toBe('http');
    expect(apply('a', 'http://x.test/', '*.test')).toEqual({
      routes: [{ proxy: undefined }],
      bypassed: true,
      rule: '*.test',
    });
  });

  it('gives no route when a single list has no usable entry', () => {
    expect(apply('http://a/b', 'http://x.test/').routes).toEqual([]);
  });

  it('goes direct when no list is meant for the scheme or its list has no usable entry', () => {
    expect(formatPacResult(apply('https=a', 'http://x.test/').routes)).toBe('DIRECT');
    expect(formatPacResult(apply('http=a:99999', 'http://x.test/').routes)).toBe('DIRECT');
    expect(formatPacResult(apply('http=a', 'gopher://x.test/').routes)).toBe('DIRECT');
  });
});
