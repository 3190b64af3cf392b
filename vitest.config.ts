import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** What is about a whole process, such as Electron's app or the first time that something is loaded. */
const isolated = [
  'packages/electron-net/test/**/*.test.ts',
  'packages/*/test/**/*.isolated.test.ts',
  'tooling/**/*.test.ts',
  'examples/*/test/**/*.test.ts',
];

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
      suite('shared', {
        include: ['packages/*/{src,test}/**/*.test.ts', 'bench/src/**/*.test.ts'],
        exclude: isolated,
        isolate: false,
      }),
      suite('isolated', { include: isolated }),
    ],
  },
});

function suite(name: string, { exclude = [], ...options }: NonNullable<TestProjectInlineConfiguration['test']>) {
  const others = ['**/node_modules/**', '**/dist/**'];
  return { extends: true as const, test: { name, exclude: [...others, ...exclude], testTimeout: 20_000, ...options } };
}
