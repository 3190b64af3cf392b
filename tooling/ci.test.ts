import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../.ci/run', import.meta.url));
const missing = ['bash', 'timeout'].filter((program) => spawnSync(program, ['--version']).status !== 0);
if (missing.length > 0) console.log(`.ci/run is not tested here: no ${missing.join(', no ')}`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-ci-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(missing.length > 0)('.ci/run', () => {
  it('adds up what the suites count', async () => {
    const { code, lines, suites } = await ci('echo "20 passed, 0 failed"');
    expect(suites).toBeGreaterThan(5);
    expect(lines.at(-1)).toBe(`${suites * 20} passed, 0 failed`);
    expect(code).toBe(0);
  });

  it('counts a suite that counts nothing as one', async () => {
    const { code, lines, suites } = await ci('echo fine');
    expect(lines.at(-1)).toBe(`${suites} passed, 0 failed`);
    expect(code).toBe(0);
  });

  it.each([
    ['ends badly', 'echo "what went wrong"; exit 3', 1],
    ['ends badly, whatever it counted', 'echo "what went wrong"; echo "20 passed, 0 failed"; exit 3', 1],
    ['counts failures, however it ends', 'echo "what went wrong"; echo "20 passed, 2 failed"', 2],
    ['is ended by a signal', 'echo "what went wrong"; kill -KILL $$', 1],
  ])('fails and shows the log where a suite %s', async (_, behaviour, failures) => {
    const { code, lines, suites } = await ci(
      `if [ "$1" = start ]; then ${behaviour}; else echo "20 passed, 0 failed"; fi`,
    );
    expect(lines.at(-1)).toMatch(new RegExp(`^(${(suites - 1) * 20}|${suites * 20}) passed, ${failures} failed$`));
    expect(lines).toContain('what went wrong');
    expect(code).toBe(1);
  });
});

/** Runs `.ci/run` with an npm that does as told. */
async function ci(behaviour: string): Promise<{ code: number; lines: string[]; suites: number }> {
  const npm = join(folder, 'npm');
  await writeFile(npm, `#!/usr/bin/env bash\nif [ "$1" = pkg ]; then echo '{}'; exit; fi\n${behaviour}\n`);
  await chmod(npm, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    execFile('bash', [script], { env }, (error, output) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout: output }),
    );
  });
  const lines = stdout.trimEnd().split('\n');
  // A run that failed lists its suites once more at the end.
  const suites = new Set(lines.filter((line) => /\d+ passed +\d+ failed +\d+ s$/.test(line)));
  return { code, lines, suites: suites.size };
}
