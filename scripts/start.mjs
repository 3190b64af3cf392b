/**
 * `npm start`: sets up, then runs the tour with the arguments given.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/stage.mjs';
import { setup } from './setup.mjs';

if (await setup()) {
  const tour = spawn(process.execPath, [join(root, 'examples', 'tour', 'dist', 'main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    // npm runs scripts in the folder of the repository; files that a user names are meant from where he stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  tour.once('error', (error) => {
    throw error;
  });
  tour.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
} else {
  process.exitCode = 1;
}
