/**
 * Packs every published package and installs the tarballs as a user does: once for each supported major of
 * `@types/node`, outside of the repository, so that nothing is found there by accident.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { nodeOrThrow, published, tool } from './workspace.js';

/** The majors of `@types/node` under which consumers have to compile. */
export const typesMajors = [20, 22, 24] as const;

declare module 'vitest' {
  interface ProvidedContext {
    /** Package name → its tarball. */
    tarballs: Record<string, string>;
    /** Major of `@types/node` → a folder in which every tarball is installed. */
    consumers: Record<(typeof typesMajors)[number], string>;
  }
}

export default async function install(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'netloom-packages-'));
  const tarballs = Object.fromEntries(
    await Promise.all(
      published.map(async (pack) => [pack.name, await packed(pack.folder, join(folder, 'tarballs', pack.name))]),
    ),
  ) as Record<string, string>;
  const consumers = Object.fromEntries(
    await Promise.all(
      typesMajors.map(async (major) => [major, await consumer(join(folder, `types-${major}`), tarballs, major)]),
    ),
  ) as Record<(typeof typesMajors)[number], string>;

  project.provide('tarballs', tarballs);
  project.provide('consumers', consumers);
  return () => rm(folder, { recursive: true, force: true });
}

async function packed(source: string, destination: string): Promise<string> {
  await mkdir(destination, { recursive: true });
  await nodeOrThrow([tool('pnpm', 'bin', 'pnpm.cjs'), 'pack', '--pack-destination', destination], { cwd: source });
  const [tarball] = await readdir(destination);
  if (!tarball) throw new Error(`pnpm pack left no tarball of ${source}`);
  return join(destination, tarball);
}

async function consumer(folder: string, tarballs: Record<string, string>, major: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const dependencies = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));
  const manifest = {
    private: true,
    dependencies: { ...dependencies, '@types/node': `^${major}.0.0`, undici: '^7.30.2' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await promisify(execFile)('npm install --prefer-offline --ignore-scripts --no-audit --no-fund --no-package-lock', {
    cwd: folder,
    shell: true,
  });
  return folder;
}
