import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Text of a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The documents of the repository, relative to it with forward slashes. */
export function documents(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\n');
  return files.filter((file) => file !== '' && existsSync(join(root, file))).sort();
}

/** A package of ours with the files that its exports map names, as sources. */
export interface SourcePackage {
  readonly name: string;
  /** Relative to the repository. */
  readonly folder: string;
  /** Specifier, such as `@netloom/core/interceptors` → source file relative to the repository. */
  readonly entries: Readonly<Record<string, string>>;
  readonly private: boolean;
}

/** The packages below `packages/`. */
export async function sourcePackages(): Promise<SourcePackage[]> {
  const folders = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  return Promise.all(
    folders.map(async (name) => {
      const folder = `packages/${name}`;
      const manifest = JSON.parse(read(`${folder}/package.json`)) as { name: string; private?: boolean };
      const { default: build } = (await import(join(root, folder, 'tsup.config.ts'))) as {
        default: { entry: Record<string, string> }[];
      };
      const entries = Object.entries(build[0]?.entry ?? {}).map(([entry, source]) => [
        entry === 'index' ? manifest.name : `${manifest.name}/${entry}`,
        `${folder}/${source}`,
      ]);
      return { name: manifest.name, folder, entries: Object.fromEntries(entries), private: manifest.private === true };
    }),
  );
}

/** The sources of a package without tests, relative to the repository with forward slashes. */
export function sourcesOf({ folder }: SourcePackage): string[] {
  return readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => relative(root, join(root, folder, 'src', file)).replaceAll(sep, '/'))
    .sort();
}
