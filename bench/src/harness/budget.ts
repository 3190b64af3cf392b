import type { CaseResult, Measure, ScenarioResult } from './results.js';
import { cheapest, ratios, type Summary, summarise } from './statistics.js';

/** A limit that `bench:check` defends; `budgets.json` holds them. */
export interface Budget {
  /** What is compared, in words. */
  readonly what: string;
  readonly scenario: string;
  readonly case: string;
  readonly contestant: string;
  /** The one that costs least counts. None: the contestant's value itself is limited. */
  readonly against?: readonly string[];
  readonly measure: Measure;
  /** Lowest speed in relation to the others: 1.2 is a fifth faster. */
  readonly atLeast?: number;
  /** Highest cost in relation to the others, or highest value. */
  readonly atMost?: number;
}

/**
 * `noise`: the median misses the limit, and the rounds reach over it. `left out`: a contestant is not on this machine.
 * `not measured`: it should have been, and was not.
 */
export type Outcome = 'met' | 'noise' | 'missed' | 'left out' | 'not measured';

/** A budget and what became of it. */
export interface Verdict {
  readonly budget: Budget;
  readonly outcome: Outcome;
  /** Speed where the budget says `atLeast`, cost where it says `atMost`. */
  readonly figure?: Summary;
  /** Why nothing was measured. */
  readonly reason?: string;
}

/** Judges one budget by what was measured. */
export function judge(budget: Budget, results: readonly ScenarioResult[]): Verdict {
  const { cases } = results.find(({ scenario }) => scenario === budget.scenario) ?? {};
  const result = cases?.find(({ name }) => name === budget.case);
  if (!result) return { budget, outcome: 'not measured', reason: `${budget.scenario} was not run` };
  const missing = [budget.contestant, ...(budget.against ?? [])].find(
    (name) => !result.contestants[name]?.[budget.measure]?.length,
  );
  if (missing !== undefined) return withoutFigure(budget, missing, result);
  const figure = summarise(figures(budget, result));
  return { budget, outcome: outcomeOf(budget, figure), figure };
}

/** Where something is missed, or was not measured though it could have been, the check fails. */
export function isGood({ outcome }: Verdict): boolean {
  return outcome !== 'missed' && outcome !== 'not measured';
}

function withoutFigure(budget: Budget, missing: string, { absent, failed }: CaseResult): Verdict {
  const reason = absent[missing];
  if (reason !== undefined) return { budget, outcome: 'left out', reason: `${missing}: ${reason}` };
  return { budget, outcome: 'not measured', reason: `${missing}: ${failed[missing] ?? `has no ${budget.measure}`}` };
}

function figures(budget: Budget, result: CaseResult): number[] {
  const costs = (name: string) => result.contestants[name]?.[budget.measure] ?? [];
  const ours = costs(budget.contestant);
  if (!budget.against) return [...ours];
  const cost = ratios(ours, cheapest(budget.against.map(costs)));
  return budget.atLeast === undefined ? cost : cost.map((ratio) => 1 / ratio);
}

/** The rounds' noise is the half of them in the middle: a limit between median and outer quartile is not surely missed. */
function outcomeOf({ atLeast, atMost }: Budget, { median, quartiles: [lower, upper] }: Summary): Outcome {
  if (median >= (atLeast ?? -Infinity) && median <= (atMost ?? Infinity)) return 'met';
  return upper >= (atLeast ?? -Infinity) && lower <= (atMost ?? Infinity) ? 'noise' : 'missed';
}
