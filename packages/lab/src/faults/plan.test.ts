import { describe, expect, it } from 'vitest';
import type { Fault } from './fault.js';
import { FaultPlan } from './plan.js';

function planOf(...faults: Fault[]): FaultPlan {
  const plan = new FaultPlan();
  plan.set(faults);
  return plan;
}

function plays(plan: FaultPlan, times: number, connection: object = plan): number[] {
  const at: number[] = [];
  for (let time = 1; time <= times; time++) if (plan.take('accept', connection)) at.push(time);
  return at;
}

describe('FaultPlan', () => {
  it.each([
    [{}, [1, 2, 3, 4, 5, 6]],
    [{ first: 2 }, [1, 2]],
    [{ after: 2 }, [3, 4, 5, 6]],
    [{ every: 2 }, [2, 4, 6]],
    [{ every: 2, first: 2 }, [2, 4]],
    [{ after: 1, every: 2 }, [3, 5]],
    [{ after: 1, first: 2 }, [2, 3]],
  ] as const)('plays %j at %j', (scope, expected) => {
    expect(plays(planOf({ kind: 'reset', at: 'accept', ...scope }), 6)).toEqual(expected);
  });

  it('counts per connection where asked', () => {
    const plan = planOf({ kind: 'close', at: 'accept', first: 1, per: 'connection' });
    expect(plays(plan, 2, {})).toEqual([1]);
    expect(plays(plan, 2, {})).toEqual([1]);
  });

  it('counts only what the path matches', () => {
    const plan = planOf({ kind: 'close', at: 'request', path: '/big', first: 1 });
    expect(plan.takeForRequest(plan, '/echo', false)).toBeUndefined();
    expect(plan.takeForRequest(plan, '/big?bytes=1', false)?.kind).toBe('close');
    expect(plan.takeForRequest(plan, '/big', false)).toBeUndefined();
  });

  it('leaves faults of h2 to h2', () => {
    const plan = planOf({ kind: 'refused-stream', first: 1 });
    expect(plan.takeForRequest(plan, '/', false)).toBeUndefined();
    expect(plan.takeForRequest(plan, '/', true)?.kind).toBe('refused-stream');
  });

  it('starts to count anew when set', () => {
    const plan = planOf({ kind: 'reset', at: 'accept', first: 1 });
    expect(plays(plan, 2)).toEqual([1]);
    plan.set({ kind: 'reset', at: 'accept', first: 1 });
    expect(plays(plan, 2)).toEqual([1]);
    plan.set(undefined);
    expect(plan.active).toBe(false);
    expect(plays(plan, 2)).toEqual([]);
  });

  it('takes the first of several that are due', () => {
    const plan = planOf({ kind: 'reset', at: 'accept', first: 1 }, { kind: 'close', at: 'accept' });
    expect(plan.take('accept', plan)?.kind).toBe('reset');
    expect(plan.take('accept', plan)?.kind).toBe('close');
  });

  it('knows where it has something to play', () => {
    const plan = planOf({ kind: 'max-streams', max: 3 }, { kind: 'refuse' });
    expect([plan.has('session'), plan.has('tls'), plan.refuses]).toEqual([true, false, true]);
  });

  it('refuses what it does not know', () => {
    expect(() => new FaultPlan().set({ kind: 'explode' } as never)).toThrow(/Unknown fault 'explode'; expected one of/);
  });
});
