import { expect, it } from 'vitest';
import { NonceTable } from './nonces.js';

it('takes each count of a nonce once, in any order', () => {
  const nonces = new NonceTable();
  const nonce = nonces.issue();
  expect([2, 1, 2, 3].map((count) => nonces.use(nonce, count))).toEqual(['fresh', 'fresh', 'replayed', 'fresh']);
});

it('knows only nonces of its own', () => {
  expect(new NonceTable().use('bm9uY2U=', 1)).toBe('unknown');
  expect(new NonceTable().useUncounted('bm9uY2U=')).toBe('unknown');
});

it('calls a nonce stale after its uses', () => {
  const nonces = new NonceTable(2);
  const nonce = nonces.issue();
  expect([1, 2, 3].map((count) => nonces.use(nonce, count))).toEqual(['fresh', 'fresh', 'stale']);
  const uncounted = nonces.issue();
  expect([1, 2, 3].map(() => nonces.useUncounted(uncounted))).toEqual(['fresh', 'fresh', 'stale']);
});

it('forgets the oldest of very many', () => {
  const nonces = new NonceTable();
  const first = nonces.issue();
  for (let index = 0; index < 10_000; index++) nonces.issue();
  expect(nonces.use(first, 1)).toBe('unknown');
});
