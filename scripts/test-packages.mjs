/**
 * `npm run test:packages`: packs what is published and checks it as a user gets it. Arguments go to vitest.
 */
import { report } from './lib/counts.mjs';
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

const args = ['--config', 'test/packages/vitest.config.ts', '--reporter=verbose', ...process.argv.slice(2)];
report((await setup()) ? await vitest(args) : { passed: 0, failed: 1 });
