import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import sources from '../../../../vitest.config.js';

/** The suite that runs inside the testbed, on the sources of every package. */
export default mergeConfig(
  { resolve: sources.resolve },
  defineConfig({
    test: {
      root: fileURLToPath(new URL('.', import.meta.url)),
      include: ['**/*.test.ts'],
      // The files share the peers' logs.
      fileParallelism: false,
      testTimeout: 30_000,
      reporters: ['default', fileURLToPath(new URL('reporter.ts', import.meta.url))],
    },
  }),
);
