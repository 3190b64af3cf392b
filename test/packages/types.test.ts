import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { typesMajors } from './install.js';
import { node, published, tool } from './workspace.js';

const programs = join(import.meta.dirname, 'consumers');

/** Each program of `consumers/`, as an ES module and as a CommonJS one, compiled against the installed tarballs. */
describe.each(typesMajors)('under @types/node %i', (major) => {
  it.each([
    ['without the DOM library', 'node', ['ES2023']],
    ['with the DOM library', 'dom', ['ES2023', 'DOM', 'DOM.Iterable']],
  ])('programs compile %s', async (_, name, lib) => {
    const folder = inject('consumers')[major];
    for (const file of await readdir(programs)) {
      await cp(join(programs, file), join(folder, name, file.replace(/\.ts$/, '.mts')));
      await cp(join(programs, file), join(folder, name, file.replace(/\.ts$/, '.cts')));
    }
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'ES2022',
      module: 'NodeNext',
      lib,
      types: ['node'],
      noEmit: true,
    };
    await writeFile(
      join(folder, name, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }),
    );
    const { code, output } = await node([tool('typescript', 'bin', 'tsc'), '-p', '.'], { cwd: join(folder, name) });
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});

it('every package has a program', async () => {
  const names = published.map(({ name }) => `${name.split('/')[1]}.ts`);
  expect((await readdir(programs)).sort()).toEqual(expect.arrayContaining(names.sort()));
});
