import type { Verdict } from '../harness/budget.js';
import type { OwnTime } from '../harness/profile.js';
import type { CaseResult } from '../harness/results.js';
import { cellsOf, hasValues, show } from './figures.js';

/** A case as a table of text. */
export function caseTable(scenario: string, result: CaseResult): string {
  const head = ['', hasValues(result) ? `of ${result.base}` : 'speed', 'by CPU time', '', 'loop p99'];
  const missing = [
    ...Object.entries(result.absent).map(([name, reason]) => `  left out: ${name}: ${reason}`),
    ...Object.entries(result.failed).map(([name, reason]) => `  failed: ${name}: ${reason}`),
  ];
  return [
    `\n${scenario}: ${result.name} (${result.base} = 1)`,
    ...columns([head, ...cellsOf(result)]),
    ...missing,
  ].join('\n');
}

/** Budgets and what became of them, as a table of text. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ budget, outcome, figure, reason }) => [
    outcome,
    limitOf(budget),
    figure ? show(figure) : '–',
    `${budget.what}${reason === undefined ? '' : ` (${reason})`}`,
  ]);
  return ['\nbudgets', ...columns([['', 'limit', 'figure', ''], ...rows])].join('\n');
}

/** Where a contestant spent its time, as a table of text. */
export function profileTable(name: string, times: readonly OwnTime[]): string {
  return [`\n${name}`, ...columns(times.map((own) => [`${(own.share * 100).toFixed(1)} %`, own.name]))].join('\n');
}

/** A limit as it is read: `≥ 0.95`, `≤ 2`. */
export function limitOf({ atLeast, atMost }: Verdict['budget']): string {
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
