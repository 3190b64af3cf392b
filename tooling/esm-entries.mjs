/*
 * Gives a package that was built as CommonJS its ESM entries: `dist/x.js` re-exports `dist/x.cjs` name by name, so that
 * a program which both imports and requires the package holds one instance of its state. Run in the package's folder
 * after the build; the entries are read from the exports map.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const { exports: exported } = JSON.parse(await readFile('package.json', 'utf8'));

for (const target of Object.values(exported)) {
  const built = target.require?.default;
  if (built === undefined) continue;
  const file = `./${basename(built)}`;
  const names = Object.keys(require(join(process.cwd(), built))).filter(
    (name) => name !== 'default' && name !== '__esModule',
  );
  await writeFile(
    target.import.default,
    names.length > 0 ? `export { ${names.sort().join(', ')} } from '${file}';\n` : 'export {};\n',
  );
  await writeFile(target.import.types, `export * from '${file}';\n`);
}
