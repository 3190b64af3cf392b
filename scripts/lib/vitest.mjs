/** Runs a vitest suite and counts what it did. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './stage.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 */

/**
 * Runs vitest and shows its output.
 *
 * @param {string[]} args What follows `vitest run`.
 * @param {{ node?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] `node` is the Node to run on,
 *   default this one; `timeout` in ms.
 * @returns {Promise<Counts>}
 */
export async function vitest(args, { node = process.execPath, env, timeout } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'netloom-vitest-'));
  const file = join(folder, 'report.json');
  try {
    const cli = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
    const { ok } = await run(
      [node, cli, 'run', ...reporters, '--reporter=json', `--outputFile.json=${file}`, ...args],
      { ...(env && { env }), ...(timeout && { timeout }), show: true },
    );
    const report = await readFile(file, 'utf8').catch(() => undefined);
    return report ? count(JSON.parse(report), ok) : { passed: 0, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A file that cannot be loaded and an error outside of every test count as one failure each.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @param {boolean} ok Whether vitest ended with 0.
 * @returns {Counts}
 */
function count(report, ok) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + broken;
  return { passed: report.numPassedTests, failed: ok || failed > 0 ? failed : 1 };
}
