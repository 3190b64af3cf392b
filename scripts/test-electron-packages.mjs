/**
 * `npm run test:electron-packages`: runs published packages that are made for Electron on the facade, as it is built,
 * in the lab. They are installed in a folder of their own, where `electron` is the facade. Arguments go to vitest.
 */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { report } from './lib/counts.mjs';
import { root, run, stage } from './lib/stage.mjs';
import { vitest } from './lib/vitest.mjs';
import { setup } from './setup.mjs';

const folder = join(root, 'test', 'electron-packages');

async function install() {
  const installed = await run(
    'npm ci --prefix test/electron-packages --prefer-offline --ignore-scripts --no-audit --no-fund',
  );
  if (!installed.ok) return installed;
  const alias = join(folder, 'node_modules', 'electron');
  await rm(alias, { recursive: true, force: true });
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(join(root, 'packages', 'electron-net'), alias, 'junction');
  return installed;
}

const args = ['--config', 'test/electron-packages/vitest.config.ts', ...process.argv.slice(2)];
const isReady = (await setup()) && (await stage('packages for Electron', install));
report(isReady ? await vitest(args) : { passed: 0, failed: 1 });
