import { expect, test } from 'vitest';
import { FirstContact } from './first-contact.js';

/** A connect that ends when it is told to. */
function controlled() {
  const calls: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const connect = () => new Promise<string>((resolve, reject) => void calls.push({ resolve, reject }));
  return { calls, connect };
}

const never = new AbortController().signal;
const wait = <T>(promise: Promise<T>) => promise;

test('many attempts at a dead proxy share one connect and its error', async () => {
  const contact = new FirstContact();
  const { calls, connect } = controlled();
  const attempts = Array.from({ length: 50 }, () => contact.reach('proxy', never, connect, wait));
  expect(calls).toHaveLength(1);
  const dead = new Error('dead');
  calls[0]?.reject(dead);
  for (const { reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) expect(reason).toBe(dead);
  expect(calls).toHaveLength(1);
});

test('when the first one has succeeded, all others go ahead at once', async () => {
  const contact = new FirstContact();
  const { calls, connect } = controlled();
  const attempts = Array.from({ length: 5 }, () => contact.reach('proxy', never, connect, wait));
  calls[0]?.resolve('first');
  await expect.poll(() => calls.length).toBe(5);
  for (const call of calls) call.resolve('more');
  expect(await Promise.all(attempts)).toEqual(['first', 'more', 'more', 'more', 'more']);
});

test('an attempt that was given up says nothing: the next one tries', async () => {
  const contact = new FirstContact();
  const { calls, connect } = controlled();
  const abort = new AbortController();
  const given = contact.reach('proxy', abort.signal, connect, wait);
  const waiting = contact.reach('proxy', never, connect, wait);
  abort.abort();
  calls[0]?.reject(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  await expect.poll(() => calls.length).toBe(2);
  calls[1]?.resolve('connected');
  expect(await waiting).toBe('connected');
});

test('a proxy that fails later is tried by one again, and proxies do not wait for each other', async () => {
  const contact = new FirstContact();
  const { calls, connect } = controlled();
  const first = contact.reach('proxy', never, connect, wait);
  calls[0]?.resolve('up');
  await first;
  const failing = contact.reach('proxy', never, connect, wait);
  calls[1]?.reject(new Error('down'));
  await expect(failing).rejects.toThrow('down');
  const attempts = [contact.reach('proxy', never, connect, wait), contact.reach('proxy', never, connect, wait)];
  const other = contact.reach('other', never, connect, wait);
  expect(calls).toHaveLength(4);
  calls[2]?.resolve('up again');
  calls[3]?.resolve('other');
  await expect.poll(() => calls.length).toBe(5);
  calls[4]?.resolve('and more');
  expect(await Promise.all([...attempts, other])).toEqual(['up again', 'and more', 'other']);
});
