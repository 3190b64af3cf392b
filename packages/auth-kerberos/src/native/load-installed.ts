import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads a package that is installed beside this one or beside the program. A package with native code is no part of a
 * program's bundle, so bundlers are not to see its name.
 *
 * @throws what loading it throws; `code` is `MODULE_NOT_FOUND` where it is not installed.
 */
export function loadInstalled<T>(name: string): T {
  const here = typeof __filename === 'string' ? __filename : undefined;
  const places = [here, process.argv[1], join(process.cwd(), 'index.js')].filter((place) => place !== undefined);
  // Both packages with native code are CommonJS for whoever requires them.
  const file = resolveFrom(name, places);
  return createRequire(file)(file) as T;
}

function resolveFrom(name: string, places: readonly string[]): string {
  let failure: unknown;
  for (const place of places) {
    try {
      return createRequire(place).resolve(name);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
