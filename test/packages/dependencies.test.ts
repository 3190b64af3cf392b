import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { describe, expect, inject, it } from 'vitest';
import { type Manifest, published, readManifest, root } from './workspace.js';

const oldestNode = '20.18.1';
const permissive = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'MIT OR Apache-2.0',
];

/** Packages that need a later Node, because nothing runs them on the oldest one. */
const notRun = [
  'electron', // Its types are compared with ours; a program of it runs in its own Node.
  'kerberos', // An optional peer: who installs it picks the release for his Node; tests have a double.
];

const label = ({ name, version }: Manifest) => `${name}@${version}`;
const refusesOldestNode = ({ engines }: Manifest) => !satisfies(oldestNode, engines?.node ?? '*');

describe('what is installed with the packages', () => {
  const dependencies = () => {
    const ours = new Set(published.map(({ name }) => name));
    return manifestsBelow(join(inject('consumers')[20], 'node_modules')).filter(({ name }) => !ours.has(name));
  };

  it('is found', () => {
    const declared = published.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
    const installed = [...dependencies().map(({ name }) => name), ...published.map(({ name }) => name)];
    expect(installed).toEqual(expect.arrayContaining(declared));
  });

  it(`runs on Node ${oldestNode}`, () => {
    expect(dependencies().filter(refusesOldestNode).map(label)).toEqual([]);
  });

  it('has permissive licences', () => {
    const others = dependencies().filter(({ license }) => !permissive.includes(license ?? ''));
    expect(others.map((manifest) => `${label(manifest)}: ${manifest.license}`)).toEqual([]);
  });
});

describe('the tools of this repository', () => {
  it(`run on Node ${oldestNode}`, () => {
    const store = join(root, 'node_modules', '.pnpm');
    const tools = readdirSync(store).flatMap((entry) => manifestsBelow(join(store, entry, 'node_modules')));
    expect(tools.length).toBeGreaterThan(100);
    const later = tools.filter(refusesOldestNode);
    expect(new Set(later.filter(({ name }) => !notRun.includes(name)).map(label))).toEqual(new Set());
    // What is excepted without need would hide what comes later.
    expect(new Set(later.map(({ name }) => name))).toEqual(new Set(notRun));
  });
});

/** The manifests of the packages in a `node_modules` folder, and of those nested in them. */
function manifestsBelow(folder: string): Manifest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((part) => join(name, part)) : [name],
    )
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'package.json')))
    .flatMap((path) => [readManifest(path), ...manifestsBelow(join(path, 'node_modules'))]);
}
