import { basename } from 'node:path';
import type ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileErrors, exportsOf, programOf } from './compile.js';
import { type Example, examplesInSource } from './examples.js';
import { read, type SourcePackage, sourcePackages, sourcesOf } from './repository.js';

const packages = await sourcePackages();
let program: ts.Program;
let errors: Map<string, string[]>;

beforeAll(() => {
  program = programOf(packages.flatMap(sourcesOf));
  errors = compileErrors(
    packages.flatMap((pack) =>
      sourcesOf(pack)
        .flatMap((file) => examplesInSource(file, read(file)))
        .map((example) => ({ example, prelude: importsFor(example, pack) })),
    ),
  );
}, 60_000);

describe.each(packages.map((pack) => [pack.name, pack] as const))('%s', (_, pack) => {
  it.each(Object.entries(pack.entries))('says what each export of %s is for', (_, file) => {
    const exports = exportsOf(program, file);
    if (!pack.private) expect(exports.size).toBeGreaterThan(0);
    expect([...exports].filter(([, text]) => text === '').map(([name]) => name)).toEqual([]);
  });

  it('has examples that compile', () => {
    expect([...errors].filter(([file]) => file.startsWith(`${pack.folder}/`))).toEqual([]);
  });
});

/** An example beside a function may leave out the import of what it shows. */
function importsFor({ file, code }: Example, { entries }: SourcePackage): string {
  if (/^import /m.test(code)) return '';
  const imported = new Set<string>();
  const modules = [[`./${basename(file, '.ts')}.js`, file], ...Object.entries(entries)] as const;
  return modules
    .map(([specifier, source]) => {
      const exports = [...exportsOf(program, source as string).keys()];
      const used = exports.filter((name) => !imported.has(name) && new RegExp(`\\b${name}\\b`).test(code));
      for (const name of used) imported.add(name);
      return used.length > 0 ? `import { ${used.join(', ')} } from '${specifier}';` : '';
    })
    .join(' ');
}
