import { describe, expect, test } from 'vitest';
import { parseUrlPattern, toMatchedUrl } from './url-pattern.js';

const matches = (pattern: string, url: string) => parseUrlPattern(pattern)(toMatchedUrl(new URL(url)));

test.each([
  ['<all_urls>', 'http://a.test/', true],
  ['<all_urls>', 'app://main/x', true],
  ['<all_urls>', 'file:///etc/hosts', true],
  ['<all_urls>', 'app:x', true],
  ['*://*/*', 'https://a.test/x?y', true],
  ['*://*/*', 'app://main/x', true],
  ['http://*/*', 'app://main/x', false],
  ['http://*/*', 'https://a.test/', false],
  ['HTTP://A.test/*', 'http://a.test/', true],
  ['http://a.test/', 'http://a.test/', true],
  ['http://a.test/', 'http://a.test/x', false],
  ['http://a.test/x*', 'http://a.test/xyz?q#f', true],
  ['http://a.test/*.js', 'http://a.test/a/b.js', true],
  ['http://a.test/*.js', 'http://a.test/a/b.js?v', false],
  ['http://a.test/a?b', 'http://a.test/a?b', true],
  ['http://a.test/a?b', 'http://a.test/axb', false],
  ['http://*.a.test/*', 'http://a.test/', true],
  ['http://*.a.test/*', 'http://x.y.a.test/', true],
  ['http://*.a.test/*', 'http://ba.test/', false],
  ['http://a.test./*', 'http://a.test/', true],
  ['http://bücher.test/*', 'http://xn--bcher-kva.test/', true],
  ['http://a.test/*', 'http://a.test:8080/', true],
  ['http://a.test:*/*', 'http://a.test:8080/', true],
  ['http://a.test:80/*', 'http://a.test/', true],
  ['http://a.test:8080/*', 'http://a.test:8080/', true],
  ['http://a.test:8080/*', 'http://a.test/', false],
  ['https://a.test:443/*', 'https://a.test/', true],
  ['http://[::1]:8080/*', 'http://[::1]:8080/', true],
  ['ws://a.test/*', 'ws://a.test/socket', true],
  ['file:///etc/*', 'file:///etc/hosts', true],
  ['file:///etc/*', 'file:///var/log', false],
  ['file://*', 'file:///etc/hosts', true],
  ['app:*', 'app:x', true],
  ['app:y', 'app:x', false],
])('%s, %s: %s', (pattern, url, expected) => {
  expect(matches(pattern, url)).toBe(expected);
});

describe('is refused, by its name', () => {
  test.each([
    ['*://blahblah.dev', 'Empty path'],
    ['http://', 'Host can not be empty'],
    ['http:///x', 'Host can not be empty'],
    ['a.test/*', 'Missing scheme separator'],
    ['', 'Missing scheme separator'],
    ['1http://a.test/', 'Invalid scheme'],
    ['http*://a.test/', 'Invalid scheme'],
    ['http://a*.test/', 'Invalid host wildcard'],
    ['http://*.*.test/', 'Invalid host wildcard'],
    ['http://*./', 'Host can not be empty'],
    ['http://a b/', 'Invalid host'],
    ['http://a.test:x/', 'Invalid port'],
    ['http://a.test:65536/', 'Invalid port'],
    ['http://a.test:/', 'Invalid port'],
  ])('%s', (pattern, reason) => {
    expect(() => parseUrlPattern(pattern)).toThrow(new TypeError(`Invalid url pattern ${pattern}: ${reason}.`));
  });
});
