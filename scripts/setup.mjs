/**
 * Makes a fresh clone ready: installs what the lockfile says and builds every package. Needs Node and npm, nothing else.
 *
 *     node scripts/setup.mjs
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, stage } from './lib/stage.mjs';

const oldest = [20, 18, 1];
const stamp = join(root, 'node_modules', '.cache', 'netloom', 'installed');

/**
 * Installs and builds. What is up to date already is not done again.
 *
 * @returns {Promise<boolean>} Whether the repository is ready.
 */
export async function setup() {
  if (!isNodeNewEnough()) {
    process.stderr.write(`netloom needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}.\n`);
    return false;
  }
  return (await stage('install', install)) && (await stage('build', build));
}

async function install() {
  const wanted = await fingerprint();
  const present = await readFile(stamp, 'utf8').catch(() => undefined);
  if (present === wanted) return { ok: true, output: '', note: 'up to date' };

  // pnpm asks before it replaces a node_modules that another store filled, and without a terminal gives up instead.
  const result = await run(
    'npx -y pnpm@10 install --frozen-lockfile --prefer-offline --config.confirm-modules-purge=false',
  );
  if (result.ok) {
    await mkdir(join(stamp, '..'), { recursive: true });
    await writeFile(stamp, wanted);
  }
  return result;
}

/** turbo keeps what it built by the hash of what went in, so a second call costs a look at the sources. */
function build() {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  return run([process.execPath, turbo, 'run', 'build', '--output-logs=errors-only', '--no-update-notifier'], {
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  });
}

/** The lockfile decides what is installed; some packages bring binaries, so the platform does too. */
async function fingerprint() {
  const lockfile = await readFile(join(root, 'pnpm-lock.yaml'));
  return createHash('sha256').update(lockfile).update(`${process.platform} ${process.arch}`).digest('hex');
}

function isNodeNewEnough() {
  const version = process.versions.node.split('.').map(Number);
  const difference = oldest.map((part, index) => Number(version[index]) - part).find((step) => step !== 0);
  return (difference ?? 0) >= 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = (await setup()) ? 0 : 1;
