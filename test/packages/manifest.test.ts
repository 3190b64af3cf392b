import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { type Manifest, nodeOrThrow, published, readManifest, tool } from './workspace.js';

describe.each(published.map((pack) => [pack.name, pack] as const))('%s', (name, { folder, manifest }) => {
  const installed = () => join(inject('consumers')[20], 'node_modules', name);
  const files = async () => filesOf(installed());

  const facts: [what: string, value: (manifest: Manifest) => unknown, expected: unknown][] = [
    ['sideEffects: false', (m) => m.sideEffects, false],
    ['engines', (m) => m.engines, { node: '>=20.18.1' }],
    ['licence', (m) => m.license, 'MIT'],
    ['public access', (m) => m.publishConfig, { access: 'public' }],
    ['a description', (m) => m.description, expect.stringMatching(/\w{3}.*\.$/)],
    [
      'no script that runs on installation',
      (m) => Object.keys(m.scripts ?? {}).filter((script) => /install|prepare/.test(script)),
      [],
    ],
    [
      'no version of the workspace left',
      (m) => JSON.stringify(m.dependencies ?? {}),
      expect.not.stringMatching(/workspace:|catalog:/),
    ],
  ];
  it.each(facts)('states %s', (_, value, expected) => {
    expect(value(readManifest(installed()))).toEqual(expected);
  });

  it.each(['README.md', 'CHANGELOG.md', 'LICENSE'])('brings %s', async (file) => {
    expect((await readFile(join(installed(), file), 'utf8')).length).toBeGreaterThan(100);
  });

  it('brings nothing but what is built and its papers', async () => {
    expect(
      (await files()).filter((file) => !/^(dist\/|(package\.json|README\.md|CHANGELOG\.md|LICENSE)$)/.test(file)),
    ).toEqual([]);
    expect((await files()).filter((file) => /\.test\.|(^|\/)test\//.test(file))).toEqual([]);
  });

  it('exports files that it brings', async () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string'
        ? [target]
        : Object.values(target).flatMap((condition) => Object.values<string>(condition)),
    );
    const named = [...targets, manifest.main, manifest.types].map((target) => target?.slice('./'.length));
    expect(await files()).toEqual(expect.arrayContaining(named));
  });

  it('exports every entry that is built', async () => {
    const { default: build } = (await import(join(folder, 'tsup.config.ts'))) as {
      default: { entry: Record<string, string> }[];
    };
    const entries = build.flatMap(({ entry }) => Object.keys(entry));
    const paths = entries.map((entry) => (entry === 'index' ? '.' : `./${entry}`));
    expect(Object.keys(manifest.exports).sort()).toEqual([...paths, './package.json'].sort());
  });

  it('has ES and CommonJS entries with types for each', () => {
    for (const [path, target] of Object.entries(manifest.exports)) {
      if (typeof target === 'string') continue;
      const file = path === '.' ? './dist/index' : `./dist/${path.slice('./'.length)}`;
      expect(target).toEqual({
        import: { types: `${file}.d.ts`, default: `${file}.js` },
        require: { types: `${file}.d.cts`, default: `${file}.cjs` },
      });
    }
  });

  it('passes publint', async () => {
    const { publint } = await import('publint');
    const { formatMessage } = await import('publint/utils');
    const tarball = await readFile(inject('tarballs')[name] as string);
    const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(tarball).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('has types that resolve as the code does (arethetypeswrong)', async () => {
    const cli = tool('@arethetypeswrong', 'cli', 'dist', 'index.js');
    // A file that a bundler is pointed at, such as a worker's, is no module to import.
    const files = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'string');
    const excluded = files.flatMap(([path]) => ['--exclude-entrypoints', path]);
    const options = ['--profile', 'node16', '--no-color', '--no-emoji', ...excluded];
    await nodeOrThrow([cli, inject('tarballs')[name] as string, ...options]);
  });
});

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !file.startsWith('node_modules/'));
}
