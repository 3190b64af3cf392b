import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { entriesOf, nodeOrThrow, published } from './workspace.js';

/** State lives once, however a program loads a package: a class that exists twice fails every `instanceof`. */
describe('a program that imports and requires', () => {
  it.each(published.flatMap(entriesOf))('%s gets one state', async (specifier) => {
    const report = JSON.parse(
      await run(
        `state-${specifier.replace(/\W+/g, '-')}.mjs`,
        `import { createRequire } from 'node:module';
         import * as imported from '${specifier}';
         const required = createRequire(import.meta.url)('${specifier}');
         const names = (exports) => Object.keys(exports).filter((name) => !['default', 'module.exports', '__esModule'].includes(name)).sort();
         console.log(JSON.stringify({
           imported: names(imported),
           required: names(required),
           different: names(imported).filter((name) => imported[name] !== required[name]),
         }));`,
      ),
    );
    expect(report.imported).not.toEqual([]);
    expect(report.imported).toEqual(report.required);
    expect(report.different).toEqual([]);
  });

  it('knows an error of the other module kind', async () => {
    const output = await run(
      'errors.mjs',
      `import { createRequire } from 'node:module';
       import { isNetError, NetError } from '@netloom/contracts';
       const required = createRequire(import.meta.url)('@netloom/contracts');
       const error = new required.NetError('ERR_CONNECTION_REFUSED');
       console.log(isNetError(error), error instanceof NetError, required.isNetError(new NetError('ERR_FAILED')));`,
    );
    expect(output).toBe('true true true\n');
  });

  it('knows an error of another installed copy', async () => {
    const folder = inject('consumers')[20];
    const copy = join(folder, 'copy', 'node_modules', '@netloom');
    await mkdir(copy, { recursive: true });
    await cp(join(folder, 'node_modules', '@netloom', 'contracts'), join(copy, 'contracts'), { recursive: true });
    await writeFile(join(folder, 'copy', 'errors.mjs'), `export { NetError } from '@netloom/contracts';`);
    const output = await run(
      'copies.mjs',
      `import { isNetError, NetError } from '@netloom/contracts';
       import * as copy from './copy/errors.mjs';
       console.log(copy.NetError !== NetError, isNetError(new copy.NetError('ERR_FAILED')), isNetError(new Error('no')));`,
    );
    expect(output).toBe('true true false\n');
  });
});

/** What only some programs need is loaded by its first use; importing a package stays cheap. */
describe('importing', () => {
  const heavyPackages = ['tough-cookie', 'quickjs-wasi', 'koffi'];
  const heavyModules = ['http2', 'worker_threads', 'child_process'];

  it.each(published.flatMap((pack) => entriesOf(pack).map((specifier) => [specifier, pack] as const)))(
    '%s loads nothing heavy',
    async (specifier, { manifest }) => {
      // undici itself loads http2 and worker_threads; what counts is what comes on top of it.
      const base =
        'undici' in (manifest.dependencies ?? {}) || specifier.includes('electron-net') ? "require('undici');" : '';
      const report = JSON.parse(
        await run(
          `load-${specifier.replace(/\W+/g, '-')}.cjs`,
          `${base}
         const before = new Set(process.moduleLoadList);
         require('${specifier}');
         console.log(JSON.stringify({
           files: Object.keys(require.cache).map((file) => file.replaceAll('\\\\', '/')),
           modules: process.moduleLoadList.filter((name) => !before.has(name)).map((name) => name.replace(/^NativeModule /, '')),
         }));`,
        ),
      ) as { files: string[]; modules: string[] };
      const loaded = heavyPackages.filter((name) =>
        report.files.some((file) => file.includes(`/node_modules/${name}/`)),
      );
      expect([...loaded, ...heavyModules.filter((name) => report.modules.includes(name))]).toEqual([]);
    },
  );
});

/** Runs a program in a folder where the tarballs are installed. */
async function run(file: string, code: string): Promise<string> {
  const folder = inject('consumers')[20];
  await writeFile(join(folder, file), code);
  return nodeOrThrow([file], { cwd: folder });
}
