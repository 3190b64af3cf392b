import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const run = promisify(execFile);
const packages = fileURLToPath(new URL('../../../', import.meta.url));

/** A program that is run in processes of its own, on the sources. It imports from `electron`. */
export function useProgram(text: string): {
  /** A folder that is there as long as the tests run. */
  readonly folder: string;
  /** Runs the program, with texts that it finds in `process.argv` from index 2 on; resolves with what it has printed. */
  run(...argv: string[]): Promise<{ stdout: string; stderr: string }>;
} {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netloom-program-'));
    await build({
      stdin: { contents: text, resolveDir: join(packages, 'electron-net') },
      outfile: join(folder, 'program.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      plugins: [
        {
          name: 'sources',
          setup({ onResolve }) {
            onResolve({ filter: /^electron$/ }, () => ({ path: join(packages, 'electron-net/src/index.ts') }));
            onResolve({ filter: /^@netloom\/core\/interceptors$/ }, () => ({
              path: join(packages, 'core/src/interceptors/index.ts'),
            }));
            onResolve({ filter: /^@netloom\/[a-z-]+$/ }, ({ path }) => ({
              path: join(packages, path.slice('@netloom/'.length), 'src/index.ts'),
            }));
          },
        },
      ],
      logLevel: 'error',
    });
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    run: (...argv) => run(process.execPath, [join(folder, 'program.cjs'), ...argv], { timeout: 15_000 }),
  };
}
