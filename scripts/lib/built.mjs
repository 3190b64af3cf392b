import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setup } from '../setup.mjs';
import { root } from './stage.mjs';

/**
 * Sets up, then runs a built program of the repository with the arguments given, and ends as it does.
 *
 * @param {string[]} path - from the folder of the repository.
 */
export async function runBuilt(...path) {
  if (!(await setup())) {
    process.exitCode = 1;
    return;
  }
  const program = spawn(process.execPath, [join(root, ...path), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // npm runs scripts in the folder of the repository; files that a user names are meant from where he stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  program.once('error', (error) => {
    throw error;
  });
  program.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}
