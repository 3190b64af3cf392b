/**
 * Runs a TypeScript program on the sources of every package, in a process of its own.
 *
 *     node run.mjs program.ts [arguments]
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const options = { configFile: false, root, logLevel: 'error' };
const { module: vitest } = await runnerImport(`${root}/vitest.config.ts`, options);
await runnerImport(process.argv[2], { ...options, resolve: vitest.default.resolve });
