import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CallQueue, CallsSuspended } from './call-queue.js';

const LONG = { timeoutMs: 60_000 };

/** Work that ends when it is told to. */
function work() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, run: () => ended };
}

describe('the queue of calls', () => {
  it('does one after the other, also after a failure', async () => {
    const queue = new CallQueue();
    let running = 0;
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) =>
        queue.run(async () => {
          expect(++running).toBe(1);
          await new Promise(setImmediate);
          running--;
          if (n === 2) throw new Error('two');
          return n;
        }, LONG),
      ),
    );
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message))).toEqual([
      1,
      'two',
      3,
      4,
    ]);
  });

  it('leaves a call that hangs alone, and refuses what waits and what comes', async () => {
    const queue = new CallQueue(50);
    const hung = work();
    let killed = 0;
    const outcomes = [
      queue.run(hung.run, { timeoutMs: 20, onTimeout: () => killed++ }),
      queue.run(async () => 'never', LONG),
    ];
    for (const outcome of outcomes) await expect(outcome).rejects.toBeInstanceOf(CallsSuspended);
    expect(killed).toBe(1);
    expect(queue.suspended()).toMatch(/has not returned/);
    await expect(queue.run(async () => 'never', LONG)).rejects.toBeInstanceOf(CallsSuspended);

    hung.end();
    await expect.poll(() => queue.suspended()).toBeUndefined();
    expect(await queue.run(async () => 'again', LONG)).toBe('again');
  });

  it('rests after a call that hung has returned', async () => {
    const queue = new CallQueue();
    const hung = work();
    await expect(queue.run(hung.run, { timeoutMs: 20 })).rejects.toBeInstanceOf(CallsSuspended);
    hung.end();
    await expect.poll(() => queue.suspended()).toMatch(/did not answer in time/);
  });

  it('refuses what waits too long behind calls that are slow', async () => {
    const queue = new CallQueue();
    const slow = work();
    const first = queue.run(slow.run, LONG);
    await expect(queue.run(async () => 'never', { timeoutMs: 20 })).rejects.toBeInstanceOf(CallsSuspended);
    slow.end();
    await first;
  });

  it('frees memory after the call that hangs, not beside it', async () => {
    const queue = new CallQueue();
    const hung = work();
    const order: string[] = [];
    const outcome = queue.run(() => hung.run().then(() => void order.push('call')), { timeoutMs: 20 });
    queue.later(async () => void order.push('free'));
    await expect(outcome).rejects.toThrow();
    hung.end();
    await expect.poll(() => order).toEqual(['call', 'free']);
  });

  it('forgets what is aborted while it waits', async () => {
    const queue = new CallQueue();
    const first = work();
    const running = queue.run(first.run, LONG);
    const controller = new AbortController();
    const waiting = queue.run(() => Promise.reject(new Error('was called')), { ...LONG, signal: controller.signal });
    controller.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    await expect(queue.run(async () => 1, { ...LONG, signal: controller.signal })).rejects.toThrow('given up');
    first.end();
    await running;
    expect(await queue.run(async () => 'next', LONG)).toBe('next');
  });

  it('rejects at once what is aborted while it runs, and waits for its end', async () => {
    const queue = new CallQueue();
    const hung = work();
    const controller = new AbortController();
    const outcome = queue.run(hung.run, { ...LONG, signal: controller.signal });
    const next = queue.run(async () => 'next', LONG);
    const aborted = once(controller.signal, 'abort');
    controller.abort(new Error('given up'));
    await aborted;
    await expect(outcome).rejects.toThrow('given up');
    hung.end();
    expect(await next).toBe('next');
  });
});
