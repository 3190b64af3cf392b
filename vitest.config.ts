import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Tests run on the sources of every package; what is built is tested by `npm run test:packages`. */
export default defineConfig({
  resolve: {
    alias: [
      { find: '@netloom/core/interceptors', replacement: source('core/src/interceptors/index.ts') },
      { find: '@netloom/auth-ntlm/messages', replacement: source('auth-ntlm/src/messages/index.ts') },
      { find: /^@netloom\/([a-z-]+)$/, replacement: `${source('')}$1/src/index.ts` },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'tooling/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['tooling/programs.setup.ts'],
    testTimeout: 20_000,
    // The default leaves a core free, which is half of a small machine.
    maxWorkers: availableParallelism(),
  },
});
