import { describe, expect, it } from 'vitest';
import { type Budget, isGood, judge } from './budget.js';
import type { CaseResult, ScenarioResult } from './results.js';

const speed: Budget = {
  what: 'ours against theirs',
  scenario: 'http',
  case: 'small',
  contestant: 'ours',
  against: ['theirs'],
  measure: 'cpu',
  atLeast: 1,
};
const time: Budget = { ...speed, measure: 'wall', atLeast: undefined as never, atMost: 2 };

function results(measured: Partial<CaseResult>): ScenarioResult[] {
  const one: CaseResult = { name: 'small', base: 'theirs', contestants: {}, absent: {}, failed: {}, ...measured };
  const machine = { cpu: '', cores: 1, pinned: false, memoryGiB: 1, system: '', node: '20.0.0' };
  return [{ scenario: 'http', measured: '2026-01-01T00:00:00Z', quick: false, machine, versions: {}, cases: [one] }];
}

function cpu(ours: number[], theirs: number[]): ScenarioResult[] {
  return results({ contestants: { ours: { cpu: ours }, theirs: { cpu: theirs } } });
}

describe('judge', () => {
  it('sees a limit on speed met: half the cost is twice the speed', () => {
    const { outcome, figure } = judge(speed, cpu([5, 5, 5], [10, 10, 10]));
    expect(outcome).toBe('met');
    expect(figure?.median).toBe(2);
  });

  it('sees one missed where the middle half of the rounds does not reach it', () => {
    expect(judge(speed, cpu([12, 12, 12, 12, 5], [10, 10, 10, 10, 10])).outcome).toBe('missed');
  });

  it('calls it noise where that half reaches over the limit', () => {
    expect(judge(speed, cpu([12, 12, 12, 9, 9], [10, 10, 10, 10, 10])).outcome).toBe('noise');
  });

  it('judges costs by their upper limit', () => {
    const wall = (ours: number[]) =>
      results({ contestants: { ours: { wall: ours }, theirs: { wall: ours.map(() => 10) } } });
    expect(judge(time, wall([19, 20, 20])).outcome).toBe('met');
    expect(judge(time, wall([19, 22, 22, 22, 22])).outcome).toBe('missed');
    expect(judge(time, wall([19, 19, 22, 22, 22])).outcome).toBe('noise');
  });

  it('compares with the cheapest of several', () => {
    const measured = results({ contestants: { ours: { cpu: [10] }, theirs: { cpu: [20] }, others: { cpu: [5] } } });
    expect(judge({ ...speed, against: ['theirs', 'others'] }, measured).figure?.median).toBe(0.5);
  });

  it('judges a value by itself where there is nobody to compare with', () => {
    const { against: _, atLeast: __, ...rest } = speed;
    const budget: Budget = { ...rest, atMost: 1000 };
    expect(judge(budget, results({ contestants: { ours: { cpu: [900, 950, 1000] } } })).outcome).toBe('met');
    expect(judge(budget, results({ contestants: { ours: { cpu: [1900, 1950, 1000] } } })).outcome).toBe('missed');
  });

  it('leaves out what is not on the machine, and names it', () => {
    const measured = results({ contestants: { ours: { cpu: [1] } }, absent: { theirs: 'needs Node 22' } });
    const verdict = judge(speed, measured);
    expect(verdict).toMatchObject({ outcome: 'left out', reason: 'theirs: needs Node 22' });
    expect(isGood(verdict)).toBe(true);
  });

  it('fails what should have been measured and was not', () => {
    const failed = judge(speed, results({ contestants: { theirs: { cpu: [1] } }, failed: { ours: 'status 500' } }));
    expect(failed).toMatchObject({ outcome: 'not measured', reason: 'ours: status 500' });
    expect(isGood(failed)).toBe(false);
    expect(judge(speed, [])).toMatchObject({ outcome: 'not measured', reason: 'http was not run' });
    expect(judge(speed, results({ name: 'another' }))).toMatchObject({ outcome: 'not measured' });
    expect(judge(speed, results({ contestants: { ours: {}, theirs: {} } }))).toMatchObject({ outcome: 'not measured' });
  });
});
