import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What a program's `package.json` says of it. */
export interface Manifest {
  /** `productName`, else `name`. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The folder that the file is in; that of the script where there is no file. */
  readonly folder: string;
}

/**
 * Reads the manifest of the program whose main script this is: the nearest `package.json` above it.
 *
 * @param script - path of the script; undefined: the working directory decides, as in a REPL.
 */
export function readManifest(script: string | undefined): Manifest {
  const start = script === undefined ? process.cwd() : dirname(resolve(script));
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = parse(join(folder, 'package.json'));
    if (manifest !== undefined) return { ...manifest, folder };
    if (dirname(folder) === folder) return { name: undefined, version: undefined, folder: start };
  }
}

function parse(file: string): Omit<Manifest, 'folder'> | undefined {
  try {
    const { productName, name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return { name: text(productName) ?? text(name), version: text(version) };
  } catch {
    // No file here, or one that is none: the folder above may have one.
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
