/**
 * Runs a TypeScript program on the sources of every package, in a process of its own.
 *
 *     node run.mjs program.ts [arguments]
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const options = { configFile: false, root, logLevel: 'error' };
const { module: vitest } = await runnerImport(`${root}/vitest.config.ts`, options);
const program = resolve(process.argv[2]);
// Sources that are no modules of Node look for packages with native code from the working directory.
process.chdir(`${root}/packages/auth-kerberos`);
await runnerImport(program, { ...options, resolve: vitest.default.resolve });
