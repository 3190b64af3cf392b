import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** What every case of a vector file has. */
export interface VectorCase {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
}

/** What a test does with the cases of one kind; a text instead says which package they belong to. */
export type VectorHandler<T extends VectorCase = never> = ((vector: T) => unknown) | string;

/**
 * Declares one test for each case of a vector file. The files are those of `folder` (the `vectors` folder beside the
 * test), or those that the environment variable NETLOOM_VECTORS names. A case whose kind has no handler fails.
 *
 * @param folder - URL of the folder with the package's copies.
 * @param file - name without `.json`.
 * @param handlers - kind → check of one case, or the name of the package that these cases belong to.
 */
export function describeVectors(folder: URL, file: string, handlers: Readonly<Record<string, VectorHandler>>): void {
  const path = join(process.env.NETLOOM_VECTORS ?? fileURLToPath(folder), `${file}.json`);
  if (process.env.NETLOOM_VECTORS !== undefined && !existsSync(path)) {
    console.log(`${file}: skipped, NETLOOM_VECTORS has no such file`);
    describe.skip(`vectors ${file} (not in NETLOOM_VECTORS)`);
    return;
  }
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly VectorCase[] };
  describe(`vectors ${file}`, () => {
    for (const vector of cases) {
      const handler = handlers[vector.kind] as VectorHandler<VectorCase> | undefined;
      if (typeof handler === 'string') continue;
      it(vector.id, () => {
        if (handler === undefined) throw new Error(`Unknown kind "${vector.kind}" in ${file}.json`);
        return handler(vector);
      });
    }
  });
}
