import { describe, expect, it } from 'vitest';
import { canonicalHost, parseHostPort } from './host-port.js';

describe('canonicalHost', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['füpy', 'xn--fpy-hoa'],
    ['[::FFFF:1.2.3.4]', '::ffff:102:304'],
    ['0x7f.1', '127.0.0.1'],
    ['A b', 'a%20b'],
    ['under_score', 'under_score'],
  ])('%s becomes %s', (text, host) => {
    expect(canonicalHost(text)).toBe(host);
  });

  it.each([
    '',
    'a/b',
    'a?b',
    'a#b',
    'a@b',
    'a\\b',
    'a\tb',
    'a\nb',
    'a:b',
    'a:80',
    '[::1]:80',
    '::1',
    'foo.111',
    'a<b',
    'ü b',
    'a'.repeat(3000),
  ])('refuses %j', (text) => {
    expect(canonicalHost(text)).toBeUndefined();
  });
});

describe('parseHostPort', () => {
  it.each([
    ['h', { host: 'h', port: undefined }],
    ['h:0', { host: 'h', port: 0 }],
    ['h:00080', { host: 'h', port: 80 }],
    ['[::1]:65535', { host: '::1', port: 65535 }],
    ['[::1]', { host: '::1', port: undefined }],
  ])('reads %s', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
  });

  it.each(['', ':80', 'h:', 'h:65536', 'h:-1', 'h:+1', 'h:8o', 'h:80:80', '[::1', '[::1]80', '[::1]:', 'u@h:80'])(
    'refuses %j',
    (text) => {
      expect(parseHostPort(text)).toBeUndefined();
    },
  );
});
