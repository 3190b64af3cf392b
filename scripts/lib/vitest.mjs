/** Runs a vitest suite and counts what came of it. */
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
 * @param {{ node?: string, timeout?: number }} [options] `node` is the Node to run on, default this one; `timeout` in
 *   ms, default ten minutes.
 * @returns {Promise<Counts>}
 */
export async function vitest(args, { node = process.execPath, timeout = 600_000 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'netloom-vitest-'));
  const counts = join(folder, 'counts.json');
  try {
    const cli = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const chosen = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
    const reporters = [...chosen, `--reporter=${join(root, 'scripts', 'lib', 'count-reporter.mjs')}`];
    const { ok } = await run([node, cli, 'run', ...reporters, ...args], {
      env: { NETLOOM_COUNTS: counts },
      timeout,
      show: true,
    });
    const { passed, failed } = JSON.parse(await readFile(counts, 'utf8').catch(() => '{ "passed": 0, "failed": 0 }'));
    // A run that ends badly has failed, whatever it counted.
    return { passed, failed: ok ? failed : Math.max(failed, 1) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
