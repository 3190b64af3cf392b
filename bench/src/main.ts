/** `npm run bench`, `bench:check` and `bench:report`. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, parseArguments, UsageError } from './harness/arguments.js';
import { type Budget, isGood, judge } from './harness/budget.js';
import { FULL, QUICK } from './harness/plan.js';
import { hottest, readProfiles } from './harness/profile.js';
import type { ScenarioResult } from './harness/results.js';
import { runScenarios, type Wants } from './harness/run.js';
import { readBudgets, readResults, writeResult } from './report/files.js';
import { insertSection, performanceSection, resultsSection } from './report/markdown.js';
import { caseTable, profileTable, verdictTable } from './report/terminal.js';
import { inOrder, SCENARIOS } from './scenarios/index.js';

// Programs are built into a folder of the bench's.
const folder = fileURLToPath(new URL('..', import.meta.url));
const resultsFolder = join(folder, 'results');

const COMMANDS: Record<Arguments['command'], (chosen: Arguments) => Promise<void>> = {
  /** Measures everything, and keeps it unless it was quick. */
  async run(chosen) {
    if (chosen.profile) return profileAll(chosen);
    const results = await measureAll(chosen, () => true);
    const budgets = await readBudgets(folder);
    judgeAll(
      budgets.filter(({ scenario }) => results.some((result) => result.scenario === scenario)),
      results,
    );
  },
  /** Measures what has a budget; fails when one is missed. */
  async check(chosen) {
    const budgets = (await readBudgets(folder)).filter(({ scenario }) => isChosen(scenario, chosen));
    const names = (budget: Budget) => [budget.contestant, ...(budget.against ?? [])];
    const wants: Wants = (scenario, name, contestant) =>
      budgets.some(
        (budget) =>
          budget.scenario === scenario &&
          budget.case === name &&
          (contestant === undefined || names(budget).includes(contestant)),
      );
    const results = chosen.from === undefined ? await measureAll(chosen, wants) : await readResults(chosen.from);
    process.exitCode = judgeAll(budgets, results) ? 0 : 1;
  },
  /** Writes what is kept into the documents. */
  async report({ from = resultsFolder }) {
    const budgets = await readBudgets(folder);
    const order = inOrder(await readResults(from));
    await rewrite(join(folder, '..', 'README.md'), (text) => insertSection(text, performanceSection(budgets, order)));
    await rewrite(join(folder, 'README.md'), (text) => insertSection(text, resultsSection(order)));
  },
};

function measureAll(chosen: Arguments, wants: Wants, profiles?: string): Promise<ScenarioResult[]> {
  const { quick, command } = chosen;
  const scenarios = SCENARIOS.filter(({ name }) => isChosen(name, chosen));
  const plan = quick ? QUICK : FULL;
  return runScenarios(
    scenarios,
    { plan, quick, wants, profiles },
    {
      measured: (scenario, result) => console.log(caseTable(scenario, result)),
      async finished(result) {
        if (command === 'run' && !quick) await writeResult(result, resultsFolder);
      },
    },
  );
}

/** Runs contestants with a profiler, and prints where each spent its time. */
async function profileAll(chosen: Arguments): Promise<void> {
  const profiles = await mkdtemp(join(tmpdir(), 'netloom-profiles-'));
  // Of several processes of a contestant, only the last one's profile would be kept.
  await measureAll({ ...chosen, quick: true }, () => true, profiles);
  for (const [name, profile] of await readProfiles(profiles)) console.log(profileTable(name, hottest(profile, 12)));
  console.log(`\nprofiles are in ${profiles}`);
}

/** Prints all verdicts; gives whether all are good. */
function judgeAll(budgets: readonly Budget[], results: readonly ScenarioResult[]): boolean {
  const verdicts = budgets.map((budget) => judge(budget, results));
  console.log(verdictTable(verdicts));
  const bad = verdicts.filter((verdict) => !isGood(verdict)).length;
  console.log(`\n${verdicts.length - bad} of ${verdicts.length} budgets hold`);
  return bad === 0;
}

function isChosen(scenario: string, { scenarios }: Arguments): boolean {
  return scenarios.length === 0 || scenarios.includes(scenario);
}

async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
  console.log(`wrote ${file}`);
}

try {
  const chosen = parseArguments(
    process.argv.slice(2),
    SCENARIOS.map(({ name }) => name),
  );
  await COMMANDS[chosen.command](chosen);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
