/**
 * Runs a TypeScript program on the sources of every package, in a process of its own. `electron` is the facade.
 *
 *     node run.mjs program.ts [arguments]
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const options = { configFile: false, root, logLevel: 'error' };
const { module: vitest } = await runnerImport(`${root}/vitest.config.ts`, options);
const { alias } = vitest.default.resolve;
const electron = { find: /^electron$/, replacement: `${root}packages/electron-net/src/index.ts` };
await runnerImport(process.argv[2], { ...options, resolve: { alias: [...alias, electron] } });
