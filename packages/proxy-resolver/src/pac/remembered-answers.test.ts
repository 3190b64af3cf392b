import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { RememberedAnswers } from './remembered-answers.js';

it('keeps an answer as long as it holds', () => {
  const clock = new ManualClock();
  const answers = new RememberedAnswers<string>(clock);
  answers.set('a', 'A', 1000);
  answers.set('b', 'B', Number.POSITIVE_INFINITY);
  answers.set('c', 'C', 0);
  answers.set('d'.repeat(3000), 'D', 1000);
  clock.advance(999);
  expect([answers.get('a'), answers.get('b'), answers.get('c'), answers.get('d'.repeat(3000))]).toEqual([
    'A',
    'B',
    undefined,
    undefined,
  ]);
  clock.advance(1);
  expect([answers.get('a'), answers.get('b')]).toEqual([undefined, 'B']);
  answers.clear();
  expect(answers.get('b')).toBeUndefined();
});

it('drops what is not used when there is too much', () => {
  const answers = new RememberedAnswers<number>(new ManualClock());
  for (let i = 0; i < 3000; i++) {
    answers.set(`url ${i}`, i, 1000);
    expect(answers.get('url 0')).toBe(0);
  }
  expect(answers.get('url 1')).toBeUndefined();
  expect(answers.get('url 2999')).toBe(2999);
});
