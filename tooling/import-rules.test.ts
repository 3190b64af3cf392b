import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Files with what they hold; a package that is named by an import has to be there. */
type Tree = Record<string, string>;

/** A workspace without a fault, in which faults are planted. */
const sound: Tree = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'NodeNext', paths: { '@netloom/*': ['./packages/*/src/index.ts'] } },
  }),
  'node_modules/undici/package.json': '{ "name": "undici", "main": "index.js" }',
  'node_modules/undici/index.js': 'exports.Client = class {};',
  'node_modules/fast-check/package.json': '{ "name": "fast-check", "main": "index.js" }',
  'node_modules/fast-check/index.js': 'exports.assert = () => true;',
  ...Object.fromEntries(
    ['contracts', 'core', 'proxy-resolver', 'auth-ntlm', 'auth-kerberos', 'electron-net', 'lab'].flatMap((name) => [
      [`packages/${name}/package.json`, packageJson(name)],
      [`packages/${name}/src/index.ts`, "export * from './part.js';\n"],
      [`packages/${name}/src/part.ts`, 'export const part = 1;\n'],
    ]),
  ),
  'packages/core/src/client.ts': "import { part } from '@netloom/contracts';\nexport const client = part;\n",
  'packages/core/src/client.test.ts':
    "import '@netloom/lab';\nimport 'fast-check';\nimport 'undici';\nimport './client.js';\n",
  'packages/core/src/engine/h1.ts': "import { Client } from 'undici';\nexport const engine = Client;\n",
  'packages/core/src/interceptors/cache.ts': "export const cache = () => import('undici');\n",
  'packages/core/src/types.ts':
    "import type { Client } from 'undici';\nimport type { A } from './cycle.js';\nexport type B = [A, Client];\n",
  'packages/core/src/cycle.ts': "import type { B } from './types.js';\nexport type A = B;\n",
  'packages/auth-ntlm/test/client.test.ts': "import '@netloom/core';\n",
  'packages/lab/peers/suite/client.test.ts': "import '@netloom/core';\n",
  'packages/electron-net/src/net.ts':
    "import '@netloom/core';\nimport '@netloom/proxy-resolver';\nimport '@netloom/auth-ntlm';\n",
};

/** One fault a file: what it shows, the rule that has to find it, the file and its text. */
const faults: [name: string, rule: string, path: string, source: string][] = [
  ['contracts uses a Node module', 'contracts-imports-nothing', 'contracts/src/io.ts', "import 'node:net';"],
  ['contracts uses a dependency', 'contracts-imports-nothing', 'contracts/src/dependency.ts', "import 'undici';"],
  ['contracts imports core', 'package-imports-contracts-only', 'contracts/src/core.ts', "import '@netloom/core';"],
  ...['proxy-resolver', 'auth-ntlm', 'auth-kerberos', 'electron-net'].map((other): (typeof faults)[number] => [
    `core imports ${other}`,
    'package-imports-contracts-only',
    `core/src/${other}.ts`,
    `import '@netloom/${other}';`,
  ]),
  [
    'core imports only types of another',
    'package-imports-contracts-only',
    'core/src/types-of-another.ts',
    "import type { part } from '@netloom/auth-ntlm';",
  ],
  [
    'a package loads another lazily',
    'package-imports-contracts-only',
    'auth-kerberos/src/lazily.ts',
    "export const ntlm = () => import('@netloom/auth-ntlm');",
  ],
  [
    'a test of core uses auth-ntlm',
    'package-imports-contracts-only',
    'core/test/ntlm.test.ts',
    "import '@netloom/auth-ntlm';",
  ],
  ['the lab imports core', 'package-imports-contracts-only', 'lab/src/core.ts', "import '@netloom/core';"],
  ['a source uses the lab', 'lab-in-tests-only', 'core/src/lab.ts', "import '@netloom/lab';"],
  ['the facade ships the lab', 'lab-in-tests-only', 'electron-net/src/lab.ts', "import '@netloom/lab';"],
  ['somebody imports the facade', 'nobody-imports-the-facade', 'auth-ntlm/src/a.ts', "import '@netloom/electron-net';"],
  [
    'a relative path into a package',
    'other-packages-by-name',
    'electron-net/src/relative.ts',
    "import '../../core/src/part.js';",
  ],
  [
    'undici outside its seam',
    'undici-behind-one-seam',
    'core/src/pool/pool.ts',
    "import { Client } from 'undici';\nexport const pool = Client;",
  ],
  [
    'undici loaded lazily outside its seam',
    'undici-behind-one-seam',
    'core/src/lazily.ts',
    "export const undici = () => import('undici');",
  ],
  ['modules that import each other', 'no-cycle-at-run-time', 'core/src/one.ts', "import './other.js';"],
  ['a source imports a test', 'no-test-in-source', 'core/src/tested.ts', "import './client.test.js';"],
  [
    'a source uses a development dependency',
    'declared-dependencies-only',
    'core/src/development.ts',
    "import 'fast-check';",
  ],
  ['a file that is not there', 'resolvable', 'core/src/lost.ts', "import './nowhere.js';"],
];

interface Violation {
  from: string;
  rule: { name: string };
}

let folder: string;
let violations: Violation[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-import-rules-'));
  await plant('sound', sound);
  await plant('faulty', {
    ...sound,
    'packages/core/src/other.ts': "import './one.js';",
    ...Object.fromEntries(faults.map(([, , path, source]) => [`packages/${path}`, source])),
  });
  const { output } = await cruise('faulty', '--output-type', 'json');
  violations = (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('import rules', () => {
  it('accept a sound workspace', async () => {
    expect(await cruise('sound')).toMatchObject({ code: 0 });
  });

  it('fail the run where one is broken', async () => {
    expect((await cruise('faulty')).code).toBeGreaterThan(0);
  });

  it.each(faults)('find: %s → %s', (_, rule, path) => {
    const found = violations.filter((violation) => violation.from === `packages/${path}`);
    expect(found.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('blame no sound file', () => {
    expect(violations.filter((violation) => violation.from in sound)).toEqual([]);
  });
});

async function plant(name: string, tree: Tree) {
  for (const [path, content] of Object.entries(tree)) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** Checks a planted workspace as `npm test` checks the repository. */
function cruise(name: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const cli = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(repository, 'tooling/import-rules.cjs');
  return new Promise((resolve) => {
    const command = [cli, '--config', config, ...args, 'packages'];
    execFile(process.execPath, command, { cwd: join(folder, name), maxBuffer: 2 ** 24 }, (error, output) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output }),
    );
  });
}

function packageJson(name: string) {
  return JSON.stringify({
    name: `@netloom/${name}`,
    dependencies: {
      '@netloom/contracts': '*',
      '@netloom/core': '*',
      '@netloom/proxy-resolver': '*',
      '@netloom/auth-ntlm': '*',
      undici: '*',
    },
    devDependencies: { '@netloom/lab': '*', 'fast-check': '*' },
  });
}
