import { expect, it } from 'vitest';
import { parseAuthority } from './authority.js';

it.each([
  ['web.test:443', { host: 'web.test', port: 443 }],
  ['[::1]:8080', { host: '::1', port: 8080 }],
  ['127.0.0.1:1', { host: '127.0.0.1', port: 1 }],
])('reads %s', (text, expected) => {
  expect(parseAuthority(text)).toEqual(expected);
});

it.each(['web.test', 'web.test:0', 'web.test:65536', '::1:80', 'http://web.test:80', 'user@web.test:80', ':80', ''])(
  'refuses %j',
  (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  },
);
