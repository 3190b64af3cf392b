import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads a package that is installed beside this one or beside the program. A package with native code is no part of a
 * program's bundle, so bundlers are not to see its name.
 *
 * @throws Error that says why it cannot be loaded.
 */
export function loadInstalled<T>(name: string): T {
  const here = typeof __filename === 'string' ? __filename : undefined;
  const places = [here, process.argv[1], join(process.cwd(), 'index.js')].filter((place) => place !== undefined);
  try {
    // Both packages with native code are CommonJS for whoever requires them.
    const file = resolveFrom(name, places);
    return createRequire(file)(file) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    // The rest of the message names the files that were looked for.
    const why = absent ? `it is not installed ("npm install ${name}")` : message.split('\n', 1)[0];
    throw new Error(`the package ${name} cannot be loaded: ${why}`, { cause: error });
  }
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
