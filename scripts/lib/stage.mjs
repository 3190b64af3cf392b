/**
 * Runs a piece of work quietly: one line that says how it went, and its whole output only if it failed.
 * The lines go to standard error, so that the output of a program started after them can be piped.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} Result
 * @property {boolean} ok
 * @property {string} output What the command printed, standard output and standard error as they came.
 */

/**
 * Runs a command of the repository to its end. Tools installed in `node_modules/.bin` are found by their name.
 *
 * @param {string[] | string} command Program and arguments; a string is given to the shell as it stands.
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number, show?: boolean }} [options] `timeout` in ms, default ten
 *   minutes; `show` lets the output through instead of collecting it.
 * @returns {Promise<Result>}
 */
export function run(command, { env = {}, timeout = 600_000, show = false } = {}) {
  const [program, ...args] = typeof command === 'string' ? [command] : command;
  const child = spawn(/** @type {string} */ (program), args, {
    cwd: root,
    shell: typeof command === 'string',
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    timeout,
    env: { ...process.env, ...env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}` },
  });
  /** @type {string[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => output.push(text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, output: `${program}: ${error.message}\n` }));
    child.once('close', (code, signal) => {
      if (signal) output.push(`${program}: ended by ${signal} (limit: ${timeout / 1000} s)\n`);
      resolve({ ok: code === 0, output: output.join('') });
    });
  });
}

/**
 * Does `work` and prints a line of how it went.
 *
 * @param {string} name
 * @param {() => Promise<Result & { note?: string }>} work
 * @returns {Promise<boolean>} Whether it went well.
 */
export async function stage(name, work) {
  const start = performance.now();
  if (process.stderr.isTTY) process.stderr.write(`… ${name}\r`);
  const { ok, output, note } = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stderr.write(`${ok ? '✓' : '✗'} ${name.padEnd(12)} ${note ?? `${seconds} s`}\n`);
  if (!ok) process.stderr.write(`${output.trimEnd()}\n`);
  return ok;
}
