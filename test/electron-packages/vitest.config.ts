import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import sources from '../../vitest.config.js';

/** Runs published packages on the facade as it is built: `npm run test:electron-packages`. */
export default mergeConfig(
  { ...sources, test: {} },
  defineConfig({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    // What a package keeps for the whole process ends with its file.
    test: { include: ['test/electron-packages/*.test.ts'], pool: 'forks', testTimeout: 60_000 },
  }),
);
