/**
 * Importing core against importing undici, each in fresh processes, in turn. Limit: 1.15 times undici's time.
 */
import { execFileSync } from 'node:child_process';

const LIMIT = 1.15;
const ROUNDS = 15;

/** Milliseconds that a program needs to import a package. */
function importTime(name: string): number {
  const code = `const start = performance.now(); await import(${JSON.stringify(name)}); console.log(performance.now() - start)`;
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: import.meta.dirname, encoding: 'utf8' }),
  );
}

const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) ratios.push(importTime('@netloom/core') / importTime('undici'));
ratios.sort((one, other) => one - other);
const median = ratios[ROUNDS >> 1] as number;
console.log(
  `import of @netloom/core: ${median.toFixed(2)} of undici's (${ratios[0]?.toFixed(2)} – ${ratios.at(-1)?.toFixed(2)})`,
);
process.exitCode = median > LIMIT ? 1 : 0;
