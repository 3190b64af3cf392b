import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

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
    globalSetup: ['tooling/programs.setup.ts'],
    // The default leaves a core free, which is half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      // Files of one worker share their modules: half of a run would go into loading them again.
      suite('modules', ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts'], { isolate: false }),
      suite('packages', ['packages/*/test/**/*.test.ts', 'tooling/**/*.test.ts', 'examples/*/test/**/*.test.ts']),
    ],
  },
});

function suite(name: string, include: string[], options: TestProjectInlineConfiguration['test'] = {}) {
  const exclude = ['**/node_modules/**', '**/dist/**'];
  return { extends: true as const, test: { name, include, exclude, testTimeout: 20_000, ...options } };
}
