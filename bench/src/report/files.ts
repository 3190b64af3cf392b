import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Budget } from '../harness/budget.js';
import type { ScenarioResult } from '../harness/results.js';
import { chartOf } from './chart.js';

/** The limits that are defended, from `budgets.json` of a folder. */
export async function readBudgets(folder: string): Promise<Budget[]> {
  return JSON.parse(await readFile(join(folder, 'budgets.json'), 'utf8')) as Budget[];
}

/** Keeps a scenario's results, as JSON and as a chart. */
export async function writeResult(result: ScenarioResult, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.scenario}.json`), `${JSON.stringify(result, shortNumbers, 1)}\n`);
  await writeFile(join(folder, `${result.scenario}.svg`), chartOf(result));
}

/** All results of a folder; none where it is not there. */
export async function readResults(folder: string): Promise<ScenarioResult[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const results = files.filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    results.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as ScenarioResult),
  );
}

/** No clock is so good that more digits would say anything. */
function shortNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
