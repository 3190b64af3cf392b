import { expect, it } from 'vitest';
import { md4 } from './md4.js';

const hex = (text: string) => Buffer.from(md4(Buffer.from(text))).toString('hex');

// RFC 1320 appendix A.5 is in the vectors; these are the lengths at which the padding changes its number of blocks.
it('pads messages that nearly fill, fill and exceed a block', () => {
  expect(hex('a'.repeat(55))).toBe('c889c81dd86c4d2e025778944ea02881');
  expect(hex('a'.repeat(56))).toBe('d5f9a9e9257077a5f08b0b92f348b0ad');
  expect(hex('a'.repeat(64))).toBe('52f5076fabd22680234a3fa9f9dc5732');
  expect(hex('a'.repeat(1000))).toBe('5f1bf26a8067c9159b91f1440f7c9e8a');
});

it('leaves its argument as it is', () => {
  const message = Buffer.from('message digest');
  md4(message);
  expect(message.toString()).toBe('message digest');
});
