/**
 * Runs the testbed's command line. Its TypeScript goes through Vite, which every Node that netloom supports can do.
 *
 *     node packages/lab/peers/run.mjs up | down | test [arguments of vitest] | record
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('cli.ts', import.meta.url)), {
  configFile: false,
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
