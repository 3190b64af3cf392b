import { expect, test } from 'vitest';
import { parseUrl } from './parse-url.js';

test('what is a URL is one however often it is parsed', () => {
  const texts = ['http://bücher.test/', 'http://例え.test/', 'http://a.test/ä?ö#ü'];
  // Enough for the compiler to take an interest.
  for (let i = 0; i < 50_000; i++) for (const text of texts) if (parseUrl(text) === undefined) expect.fail(text);
  expect(parseUrl(texts[0] as string)?.host).toBe('xn--bcher-kva.test');
});

test('what is none is undefined', () => {
  for (const text of ['', 'no URL', 'http://', 'http://a:99999', '/path']) expect(parseUrl(text)).toBeUndefined();
  expect(parseUrl('../b', 'http://a.test/x/y')?.href).toBe('http://a.test/b');
  expect(parseUrl('../b', new URL('http://a.test/x/y'))?.href).toBe('http://a.test/b');
  expect(parseUrl('http://[', 'http://a.test')).toBeUndefined();
});
