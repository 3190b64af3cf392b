import { readFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

/**
 * Builds a package once, as CommonJS. Its ESM entries re-export that build (`tooling/esm-entries.mjs`).
 *
 * @param entry - entry name → source file, such as `{ index: 'src/index.ts' }`.
 * @param extra - further tsup configurations, such as a worker's.
 */
export function dualPackage(entry: Record<string, string>, ...extra: Options[]) {
  const { optionalDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    optionalDependencies?: Record<string, string>;
  };
  return defineConfig([
    {
      entry,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      dts: true,
      splitting: true,
      sourcemap: false,
      // The further configurations run at the same time, and write .mjs files.
      clean: ['!*.mjs'],
      // Makes rollup write the CommonJS chunks: what does it otherwise also rewrites `?.` into calls, which costs 4 % of a request.
      treeshake: true,
      // tsup leaves out dependencies and peers by itself, but not these.
      external: Object.keys(optionalDependencies),
    },
    ...extra,
  ]);
}
