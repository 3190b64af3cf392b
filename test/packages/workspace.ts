/** The published packages of this repository, and how to run things on them. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Conditions of an entry of an exports map, as far as we use them. */
export interface ExportConditions {
  import: { types: string; default: string };
  require: { types: string; default: string };
}

/** The parts of a package.json that the checks look at. */
export interface Manifest {
  name: string;
  version: string;
  description?: string;
  license?: string;
  private?: boolean;
  sideEffects?: boolean;
  engines?: { node?: string };
  main?: string;
  types?: string;
  files?: string[];
  exports: Record<string, string | ExportConditions>;
  scripts?: Record<string, string>;
  publishConfig?: { access?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A package below `packages/`. */
export interface Package {
  name: string;
  /** Absolute path. */
  folder: string;
  manifest: Manifest;
}

/** Every package that is published. */
export const published: Package[] = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));

/** What a program can import of a package, such as `@netloom/core/interceptors`. */
export const entriesOf = ({ name, manifest }: Package): string[] =>
  Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([path]) => name + path.slice(1));

/** Reads the package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What a command came to. */
export interface Outcome {
  code: number;
  stdout: string;
  /** Standard output and standard error, for a message. */
  output: string;
}

/**
 * Runs a Node program to its end, whatever its exit code.
 *
 * @param args - Program file and its arguments.
 * @param options - `cwd`; `node`: the Node to run it on, default this one; `env` in addition to ours.
 */
export function node(
  args: string[],
  { cwd = root, node = process.execPath, env = {} }: { cwd?: string; node?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26, timeout: 100_000 };
    execFile(node, args, options, (error, stdout, stderr) =>
      resolve({
        code: error ? (typeof error.code === 'number' ? error.code : 1) : 0,
        stdout,
        output: `${stdout}${stderr}${error?.killed ? 'ended after 100 s' : ''}`,
      }),
    );
  });
}

/** As {@link node}, and fails with what was printed unless the program ends with 0. */
export async function nodeOrThrow(...call: Parameters<typeof node>): Promise<string> {
  const { code, stdout, output } = await node(...call);
  if (code !== 0) throw new Error(`${call[0].join(' ')} ended with ${code}:\n${output}`);
  return stdout;
}

/** The path of a program that is installed in the repository. */
export const tool = (...path: string[]) => join(root, 'node_modules', ...path);
