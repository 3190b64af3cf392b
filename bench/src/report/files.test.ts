import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ScenarioResult } from '../harness/results.js';
import { readResults, writeResult } from './files.js';

const result: ScenarioResult = {
  scenario: 'http',
  measured: '2026-01-02T03:04:05Z',
  quick: false,
  machine: { cpu: 'A CPU', cores: 2, pinned: true, memoryGiB: 4, system: 'Linux 6', node: '20.20.2' },
  versions: {},
  cases: [{ name: 'one', base: 'a', contestants: { a: { wall: [12.345678901, 1] } }, absent: {}, failed: {} }],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('keeps results as JSON and as a chart, and reads them again', async () => {
  await writeResult(result, folder);
  expect((await readdir(folder)).sort()).toEqual(['http.json', 'http.svg']);
  expect(await readFile(join(folder, 'http.svg'), 'utf8')).toMatch(/^<svg /);
  const [read] = await readResults(folder);
  expect(read?.cases[0]?.contestants.a?.wall).toEqual([12.3457, 1]);
  expect({ ...read, cases: [] }).toEqual({ ...result, cases: [] });
});

it('finds none where there is no folder', async () => {
  expect(await readResults(join(folder, 'nowhere'))).toEqual([]);
});
