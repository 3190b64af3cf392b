/**
 * Every suite of this repository ends with the line that `.ci/run` adds up, and with 1 where something failed.
 *
 * @param {import('./vitest.mjs').Counts} counts
 */
export function report({ passed, failed }) {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
