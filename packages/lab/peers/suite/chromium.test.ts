import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RECORDING } from '../chromium/command.js';
import type { Recording } from '../chromium/configuration.js';
import { NAMESPACES } from '../outside/namespaces.js';
import { run } from '../testbed/daemons.js';

const LAUNCHER = fileURLToPath(new URL('../run.mjs', import.meta.url));
/** Every so many configurations one is recorded anew. */
const STEP = 24;

describe('Chromium', async () => {
  const kept = JSON.parse(await readFile(RECORDING, 'utf8')) as Recording;
  const sample = kept.configurations.filter((_, index) => index % STEP === 0);

  it(`decides as recorded (${sample.length} of ${kept.configurations.length} configurations)`, async () => {
    const ids = sample.map(({ id }) => id);
    const inside = [...NAMESPACES, process.execPath, LAUNCHER, 'record-inside', ...ids];
    const { configurations } = JSON.parse(await run('unshare', inside)) as Recording;
    expect(configurations).toEqual(sample);
  }, 120_000);
});
