import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileErrors, exportsOf, programOf } from './compile.js';
import { type Example, examplesInSource } from './examples.js';
import { read, sourcePackages, sourcesOf } from './repository.js';

const packages = await sourcePackages();
const program = programOf(packages.flatMap(sourcesOf));

describe.each(packages.map((pack) => [pack.name, pack] as const))('%s', (_, pack) => {
  const entries = Object.entries(pack.entries).map(
    ([specifier, file]) => [specifier, exportsOf(program, file)] as const,
  );

  it.each(entries)('says what each export of %s is for', (_, exports) => {
    expect(exports.size).toBeGreaterThan(0);
    expect([...exports].filter(([, text]) => text === '').map(([name]) => name)).toEqual([]);
  });

  it('has examples that compile', () => {
    const examples = sourcesOf(pack).flatMap((file) => examplesInSource(file, read(file)));
    expect(compileErrors(examples.map((example) => ({ example, prelude: importsFor(example) })))).toEqual([]);
  });

  /** An example beside a function may leave out the import of what it shows. */
  function importsFor({ file, code }: Example): string {
    if (/^import /m.test(code)) return '';
    const imported = new Set<string>();
    const beside = [`./${basename(file, '.ts')}.js`, exportsOf(program, file)] as const;
    return [beside, ...entries]
      .map(([specifier, exports]) => {
        const used = [...exports.keys()].filter(
          (name) => !imported.has(name) && new RegExp(`\\b${name}\\b`).test(code),
        );
        for (const name of used) imported.add(name);
        return used.length > 0 ? `import { ${used.join(', ')} } from '${specifier}';` : '';
      })
      .join(' ');
  }
});
