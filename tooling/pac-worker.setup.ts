import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../packages/proxy-resolver/', import.meta.url));
const output = `${root}dist/pac-worker.mjs`;

/**
 * Tests run on sources, but a worker thread needs a file that Node itself can run: the one worker is built before the
 * tests, as the package's build does it, if its sources have changed.
 */
export default async function buildPacWorker(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/pac/worker/main.ts`],
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'warning',
  });
  const code = outputFiles[0]!.text;
  if ((await readFile(output, 'utf8').catch(() => undefined)) === code) return;
  await mkdir(`${root}dist`, { recursive: true });
  // Another run may be reading the file: it changes in one step.
  const draft = `${output}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, output);
}
