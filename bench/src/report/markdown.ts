import { type Budget, judge, type Verdict } from '../harness/budget.js';
import type { CaseResult, ScenarioResult } from '../harness/results.js';
import { cellsOf, hasValues, show } from './figures.js';
import { limitOf } from './terminal.js';

const COMMAND = 'npm run bench && npm run bench:report';

/** The part between two comments of a document that a script writes. */
export interface Section {
  readonly name: 'performance' | 'results';
  readonly text: string;
}

/** What README.md says of performance: the budgets and their figures. */
export function performanceSection(budgets: readonly Budget[], results: readonly ScenarioResult[]): Section {
  const verdicts = budgets.map((budget) => judge(budget, results)).filter(({ figure }) => figure);
  if (verdicts.length === 0)
    return { name: 'performance', text: `No figures are kept yet; \`${COMMAND}\` makes them.` };
  const rows = verdicts.map((verdict) => [
    verdict.budget.what,
    limitOf(verdict.budget),
    figureOf(verdict),
    remark(verdict),
  ]);
  const text = [conditions(results), table(['', 'budget', 'median (min – max)', ''], rows)].join('\n\n');
  return { name: 'performance', text };
}

/** What bench/README.md shows: every case with all contestants. */
export function resultsSection(results: readonly ScenarioResult[]): Section {
  if (results.length === 0) return { name: 'results', text: `No figures are kept yet; \`${COMMAND}\` makes them.` };
  const scenarios = results.map(({ scenario, cases }) =>
    [`### ${scenario}`, `![chart of ${scenario}](results/${scenario}.svg)`, ...cases.map(caseSection)].join('\n\n'),
  );
  return { name: 'results', text: [conditions(results), ...scenarios].join('\n\n') };
}

/**
 * Puts a section into a document, between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.
 *
 * @throws Error where the document has no such place.
 */
export function insertSection(document: string, { name, text }: Section): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [start, end] = [document.indexOf(open), document.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`The document has no place for ${open} … ${close}`);
  return `${document.slice(0, start + open.length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** Machine and versions; results of several days are of one machine, or say so. */
function conditions(results: readonly ScenarioResult[]): string {
  const lines = results.map(({ machine, versions, measured, quick }) => {
    const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const { cpu, cores, memoryGiB, system, node, pinned } = machine;
    return [
      `${measured.slice(0, 10)}, Node ${node}, ${system}, ${cpu}, ${cores} cores`,
      `${pinned ? ' (servers and client on one each)' : ''}, ${memoryGiB} GiB; ${others.join(', ')}.`,
      quick ? ' **Quick run: figures to be looked at, not to be believed.**' : '',
    ].join('');
  });
  return [...new Set(lines)].join('\n\n');
}

function caseSection(result: CaseResult): string {
  const head = [
    '',
    hasValues(result) ? 'relation' : 'speed',
    'by CPU time',
    result.unit ? 'amount' : 'rate',
    'loop delay p99',
  ];
  const missing = [
    ...Object.entries(result.absent).map(([name, reason]) => `${name}: ${reason}`),
    ...Object.entries(result.failed).map(([name, reason]) => `${name} failed: ${reason}`),
  ];
  const left = missing.length > 0 ? [`Left out: ${missing.join('; ')}.`] : [];
  return [`**${result.name}** (${result.base} = 1)`, table(head, cellsOf(result)), ...left].join('\n\n');
}

function figureOf({ figure }: Verdict): string {
  return figure ? show(figure) : '–';
}

function remark({ outcome }: Verdict): string {
  return outcome === 'met' ? '' : outcome === 'noise' ? 'within the noise' : outcome;
}

/** A table as the formatter of the repository's documents would leave it: cells in columns. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
