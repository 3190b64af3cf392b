import { describe, expect, it } from 'vitest';
import budgets from '../budgets.json' with { type: 'json' };
import { SCENARIOS } from './scenarios/index.js';

describe('budgets.json', () => {
  it.each(budgets)('$what: has one limit, and names a scenario', (budget) => {
    expect(SCENARIOS.map(({ name }) => name)).toContain(budget.scenario);
    expect(['wall', 'cpu', 'value']).toContain(budget.measure);
    expect(['atLeast', 'atMost'].filter((limit) => limit in budget)).toHaveLength(1);
  });

  it('says every thing once', () => {
    expect(new Set(budgets.map(({ what }) => what)).size).toBe(budgets.length);
  });
});
