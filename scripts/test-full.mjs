/**
 * `npm run test:full`: the lab suites with every combination instead of the pairwise subset that `npm test` takes.
 * Arguments go to vitest.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report } from './lib/counts.mjs';
import { root } from './lib/stage.mjs';
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

process.env.NETLOOM_FULL = '1';
report((await setup()) ? await vitest([...(await suites()), ...process.argv.slice(2)]) : { passed: 0, failed: 1 });

/** The test files that look at NETLOOM_FULL; the others are the same in every run. */
async function suites() {
  const files = (await readdir(join(root, 'packages'), { recursive: true })).filter(
    (file) => file.endsWith('.test.ts') && !/(^|[\\/])node_modules[\\/]/.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(root, 'packages', file), 'utf8')));
  const found = files.filter((_, index) => texts[index]?.includes('NETLOOM_FULL'));
  if (found.length === 0) throw new Error('No test file looks at NETLOOM_FULL.');
  return found.map((file) => `packages/${file.replaceAll('\\', '/')}`);
}
