import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));

/** Programs of a thread or a process of their own: source, and the file that the package's build makes of it. */
const PROGRAMS = {
  'proxy-resolver/src/pac/worker/main.ts': 'proxy-resolver/dist/pac-worker.mjs',
  'auth-kerberos/src/isolation/child.ts': 'auth-kerberos/dist/gssapi-child.mjs',
};

/**
 * Tests run on sources, but a thread or a process of its own needs a file that Node itself can run: such programs are
 * built before the tests, as their package's build does it, if their sources have changed.
 */
export default async function buildPrograms(): Promise<void> {
  await Promise.all(
    Object.entries(PROGRAMS).map(([source, output]) => buildProgram(`${packages}${source}`, `${packages}${output}`)),
  );
}

async function buildProgram(source: string, output: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [source],
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
  await mkdir(dirname(output), { recursive: true });
  // Another run may be reading the file: it changes in one step.
  const draft = `${output}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, output);
}
