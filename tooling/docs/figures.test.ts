import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Budget } from '../../bench/src/harness/budget.js';
import type { ScenarioResult } from '../../bench/src/harness/results.js';
import { readBudgets, readResults } from '../../bench/src/report/files.js';
import { insertSection, performanceSection, resultsSection } from '../../bench/src/report/markdown.js';
import { inOrder } from '../../bench/src/scenarios/index.js';
import { read, root } from './repository.js';

/** The documents show the figures that are kept, as `npm run bench:report` writes them. */
describe('figures in the documents', () => {
  let budgets: Budget[];
  let results: ScenarioResult[];

  beforeAll(async () => {
    budgets = await readBudgets(join(root, 'bench'));
    results = inOrder(await readResults(join(root, 'bench', 'results')));
  });

  it('README.md', () => {
    const document = read('README.md');
    expect(document).toBe(insertSection(document, performanceSection(budgets, results)));
  });

  it('bench/README.md', () => {
    const document = read('bench/README.md');
    expect(document).toBe(insertSection(document, resultsSection(results)));
  });
});
