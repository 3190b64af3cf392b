import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/**
 * Builds a package once as CommonJS, and gives it an ESM entry that re-exports that build, so that a program which
 * both imports and requires the package holds one instance of its state.
 *
 * @param entry - entry name → source file, such as `{ index: 'src/index.ts' }`.
 * @param extra - further tsup configurations, such as a worker's.
 */
export function dualPackage(entry: Record<string, string>, ...extra: Options[]) {
  return defineConfig([
    {
      entry,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      dts: true,
      splitting: true,
      sourcemap: false,
      clean: true,
      treeshake: false,
      onSuccess: () => writeEsmEntries(Object.keys(entry)),
    },
    ...extra,
  ]);
}

async function writeEsmEntries(names: string[]) {
  const require = createRequire(join(process.cwd(), 'package.json'));
  for (const name of names) {
    const exported = Object.keys(require(join(process.cwd(), 'dist', `${name}.cjs`))).filter(isIdentifier);
    const code = `export { ${exported.sort().join(', ')} } from './${name.split('/').at(-1)}.cjs';\n`;
    await writeFile(join('dist', `${name}.js`), exported.length > 0 ? code : 'export {};\n');
    await writeFile(join('dist', `${name}.d.ts`), `export * from './${name.split('/').at(-1)}.cjs';\n`);
  }
}

const isIdentifier = (name: string) => name !== 'default' && name !== '__esModule' && /^[A-Za-z_$][\w$]*$/.test(name);
