import { describe, expect, it } from 'vitest';
import { NoProxy } from './no-proxy.js';

describe('NoProxy', () => {
  it.each([
    ['*', 'http://any.test/', true],
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://www.example.com/', true],
    ['example.com', 'http://notexample.com/', false],
    ['.example.com', 'http://example.com/', true],
    ['.example.com', 'http://a.b.example.com./', true],
    ['*.example.com', 'http://www.example.com/', true],
    ['EXAMPLE.com.', 'http://example.com/', true],
    ['a.test b.test\tc.test', 'http://c.test/', true],
    ['10.0.0.1', 'http://10.0.0.1:8080/', true],
    ['10.0.0.1', 'http://110.0.0.1/', false],
    ['0.0.1', 'http://10.0.0.1/', false],
    ['10.0.0.0/8', 'http://10.200.0.1/', true],
    ['10.0.0.0/8', 'http://ten.test/', false],
    ['::1', 'http://[::1]/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]/', false],
    ['fd00::/8', 'http://[fd12::1]/', true],
    ['a.test:443', 'https://a.test/', true],
    ['a.test:443', 'http://a.test/', false],
    ['a.test:443', 'wss://sub.a.test/', true],
    ['*:8080', 'http://any.test:8080/', true],
    ['bücher.test', 'http://bücher.test/', true],
    ['', 'http://localhost/', false],
    ['localhost', 'http://localhost/', true],
    ['a.test:x', 'http://a.test/', false],
  ])('%j against %s: %s', (list, url, expected) => {
    expect(NoProxy.parse(list).matches(new URL(url))).toBe(expected);
  });

  it('tells which entry decided and what it understood', () => {
    const list = NoProxy.parse('a.test, , b/c,.corp.test:80');
    expect(list.entries).toEqual(['a.test', '.corp.test:80']);
    expect(list.match(new URL('http://x.corp.test/'))).toBe('.corp.test:80');
  });
});
