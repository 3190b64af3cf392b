/**
 * `npm run test:packages`: packs what is published and checks it as a user gets it. Arguments go to vitest.
 */
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

const counts = (await setup())
  ? await vitest(['--config', 'test/packages/vitest.config.ts', '--reporter=verbose', ...process.argv.slice(2)])
  : { passed: 0, failed: 1 };

process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;
