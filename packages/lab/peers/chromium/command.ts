import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NAMESPACES } from '../outside/namespaces.js';
import type { Recording } from './configuration.js';
import { MISSING, NAMES, ORIGIN } from './network.js';
import { makeNetwork } from './network-setup.js';
import { PAC_TABLE } from './pac-table.js';
import { randomTable } from './random-table.js';
import { chromiumVersion, record } from './record.js';
import { RULES_TABLE } from './rules-table.js';

const SEED = 20_261_122;
const launcher = fileURLToPath(new URL('../run.mjs', import.meta.url));

/** Where the answers are kept. */
export const RECORDING = fileURLToPath(new URL('recordings/decisions.json', import.meta.url));

/** Every configuration that is recorded. */
export const CONFIGURATIONS = [...RULES_TABLE, ...PAC_TABLE, ...randomTable(SEED, 60, 5)];

/** Records Chromium's decisions anew, in namespaces of their own. Resolves with the exit code. */
export async function recordOutside(ids: readonly string[]): Promise<number> {
  const child = spawn('unshare', [...NAMESPACES, process.execPath, launcher, 'record-inside', ...ids], {
    stdio: ['ignore', ids.length > 0 ? 'inherit' : 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  if (code === 0 && ids.length === 0) await writeFile(RECORDING, text);
  return code;
}

/**
 * Prints the decisions of the configurations with these ids, or of all, as a {@link Recording}, and ends the process:
 * the name server would keep it, and with it the namespaces, alive. The exit code is 1 when something went wrong.
 */
export async function recordInside(ids: readonly string[]): Promise<never> {
  const state = await mkdtemp(join(tmpdir(), 'netloom-recorder-'));
  try {
    await makeNetwork(state);
    const wanted = CONFIGURATIONS.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const recording: Recording = {
      chromium: await chromiumVersion(),
      network: { names: NAMES, missing: MISSING, origin: ORIGIN },
      seed: SEED,
      configurations: await record(wanted),
    };
    await new Promise((resolve) => process.stdout.write(format(recording), resolve));
  } catch (error) {
    await new Promise<void>((resolve) => process.stderr.write(`${(error as Error).message}\n`, () => resolve()));
    process.exitCode = 1;
  } finally {
    await rm(state, { recursive: true, force: true });
  }
  process.exit();
}

/** JSON with a line for each configuration, so that differences can be read. */
function format({ configurations, ...head }: Recording): string {
  const lines = configurations.map((each) => JSON.stringify(each)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"configurations":[\n${lines}\n]}\n`;
}
