/**
 * `npm run bench`, `bench:check` and `bench:report`: sets up, then runs the bench with the arguments given.
 *
 *     npm run bench -- http tunnel --quick
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/stage.mjs';
import { setup } from './setup.mjs';

if (await setup()) {
  const bench = spawn(process.execPath, [join(root, 'bench', 'dist', 'main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // npm runs scripts in the folder of the repository; folders that a user names are meant from where he stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  bench.once('error', (error) => {
    throw error;
  });
  bench.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
} else {
  process.exitCode = 1;
}
