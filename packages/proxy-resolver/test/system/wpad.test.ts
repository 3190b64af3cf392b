import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { whatIsMissing } from './requirements.js';

const missing = whatIsMissing(['ip', 'unshare', 'dnsmasq', 'mount'], true);
if (missing !== undefined) console.log(`WPAD: skipped, ${missing}`);

const network = fileURLToPath(new URL('./wpad-network.sh', import.meta.url));
const source = fileURLToPath(new URL('./wpad-program.ts', import.meta.url));
const worker = fileURLToPath(new URL('../../dist/pac-worker.mjs', import.meta.url));

describe.skipIf(missing !== undefined)('a network of its own, with dnsmasq and a web server', () => {
  it.each([
    ['dhcp', 'PROXY dhcp.test:1', /\(WPAD by DHCP\)$/],
    ['dns', 'PROXY dns.test:1', /\(WPAD by DNS\)$/],
  ])('finds the script by %s', { timeout: 60_000 }, async (how, pac, from) => {
    const folder = await mkdtemp(join(tmpdir(), 'netloom-wpad-'));
    try {
      const program = join(folder, 'program.cjs');
      await build({
        entryPoints: [source],
        outfile: program,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
      });
      const env = { ...process.env, WORKER: worker, NODE: process.execPath };
      const { stdout } = await promisify(execFile)(
        'unshare',
        ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', network, how, folder, program],
        { env },
      );
      const answer = JSON.parse(stdout.trim().split('\n').at(-1)!);
      expect(answer).toMatchObject({ pac, source: expect.stringMatching(from) });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('follows a script that changes, disappears and comes back', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netloom-wpad-'));
    try {
      const program = join(folder, 'program.cjs');
      await build({
        entryPoints: [source],
        outfile: program,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
      });
      await writeFile(join(folder, 'mode'), 'life');
      const env = { ...process.env, WORKER: worker, NODE: process.execPath, LIFE: '1' };
      const { stdout } = await promisify(execFile)(
        'unshare',
        ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', network, 'dns', folder, program],
        { env },
      );
      const answers = JSON.parse(stdout.trim().split('\n').at(-1)!);
      expect(answers).toEqual(['PROXY dns.test:1', 'PROXY second.test:1', 'DIRECT', 'PROXY back.test:1']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
