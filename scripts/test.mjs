/**
 * `npm test`: sets up, checks style, types and import rules, and runs the tests. Arguments go to vitest:
 *
 *     npm test -- packages/core
 */
import { join } from 'node:path';
import { report } from './lib/counts.mjs';
import { root, run, stage } from './lib/stage.mjs';
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

const bin = (/** @type {string[]} */ ...path) => [process.execPath, join(root, 'node_modules', ...path)];

/** @type {Record<string, string[]>} */
const checks = {
  lint: [...bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'],
  types: [...bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', ...buildInfo('repository')],
  'types of scripts': [...bin('typescript', 'bin', 'tsc'), '-p', 'scripts', ...buildInfo('scripts')],
  imports: [
    ...bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    '--config',
    'tooling/import-rules.cjs',
    'packages',
  ],
};

const counts = { passed: 0, failed: 0 };

if (await setup()) {
  const outcomes = await Promise.all(Object.entries(checks).map(([name, command]) => stage(name, () => run(command))));
  counts.passed += outcomes.filter(Boolean).length;
  counts.failed += outcomes.filter((ok) => !ok).length;

  const tests = await vitest(process.argv.slice(2));
  counts.passed += tests.passed;
  counts.failed += tests.failed;
} else {
  counts.failed += 1;
}

report(counts);

/** @param {string} name */
function buildInfo(name) {
  return ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/netloom/${name}.tsbuildinfo`];
}
