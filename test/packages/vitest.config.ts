import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import sources from '../../vitest.config.js';

/** Checks what a user installs: `npm run test:packages` packs every published package and tries the tarballs. */
export default mergeConfig(
  { ...sources, test: {} },
  defineConfig({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    test: {
      include: ['test/packages/**/*.test.ts'],
      globalSetup: [fileURLToPath(new URL('./install.ts', import.meta.url))],
      testTimeout: 120_000,
    },
  }),
);
