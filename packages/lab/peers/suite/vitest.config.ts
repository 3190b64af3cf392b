import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import sources from '../../../../vitest.config.js';
import { at, FILES } from '../testbed/layout.js';

/** The suite that runs inside the testbed, on the sources of every package. */
export default mergeConfig(
  { resolve: sources.resolve },
  defineConfig({
    test: {
      root: fileURLToPath(new URL('.', import.meta.url)),
      include: ['**/*.test.ts'],
      // The files share the peers' logs.
      fileParallelism: false,
      globalSetup: [fileURLToPath(new URL('../../../../tooling/programs.setup.ts', import.meta.url))],
      // Nobody is logged in, whoever runs the tests.
      env: { KRB5_CONFIG: FILES.krb5, KRB5CCNAME: `FILE:${at('nobody.ccache')}` },
      testTimeout: 30_000,
      reporters: ['default', fileURLToPath(new URL('reporter.ts', import.meta.url))],
    },
  }),
);
