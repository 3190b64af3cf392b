import { expect, it } from 'vitest';
import { endToEnd, toObject } from './hop-headers.js';

it('drops what concerns one hop, and what Connection names', () => {
  const headers = [
    'Host',
    'a.test',
    'Connection',
    'close, X-Hop',
    'X-Hop',
    '1',
    'Proxy-Authorization',
    'Basic x',
    'X',
    '2',
  ];
  expect(endToEnd(headers)).toEqual(['Host', 'a.test', 'X', '2']);
  expect(endToEnd([':path', '/', 'TE', 'trailers', 'a', 'b'])).toEqual(['a', 'b']);
});

it('keeps several lines of a name', () => {
  expect(toObject(['Set-Cookie', 'a=1', 'X', 'y', 'set-cookie', 'b=2', 'SET-COOKIE', 'c=3'])).toEqual({
    'Set-Cookie': ['a=1', 'b=2', 'c=3'],
    X: 'y',
  });
});
