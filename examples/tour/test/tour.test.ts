import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { basicAuth, createLab, type Lab } from '@netloom/lab';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCENARIOS } from '../src/scenarios.js';
import { tour } from '../src/tour.js';

const run = promisify(execFile);

test('every row is right, and plain when piped', async () => {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  expect(await tour(out), text).toBe(0);
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(SCENARIOS.length + 2);
  expect(text).not.toContain('\x1b[');
});

describe('one request', () => {
  let lab: Lab;
  let folder: string;
  let main: string;
  beforeAll(async () => {
    lab = await createLab();
    folder = await mkdtemp(join(tmpdir(), 'netloom-tour-'));
    main = join(folder, 'main.mjs');
    const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const sources = {
      '@netloom/auth-kerberos': 'auth-kerberos',
      '@netloom/auth-ntlm': 'auth-ntlm',
      '@netloom/core': 'core',
      '@netloom/contracts': 'contracts',
      '@netloom/lab': 'lab',
      '@netloom/proxy-resolver': 'proxy-resolver',
    };
    const alias = Object.fromEntries(
      Object.entries(sources).map(([name, of]) => [
        name,
        fileURLToPath(new URL(`../../../packages/${of}/src/index.ts`, import.meta.url)),
      ]),
    );
    const banner = {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    };
    await build({
      entryPoints: [source],
      outfile: main,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      alias,
      banner,
      logLevel: 'error',
    });
  }, 60_000);
  afterAll(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  const start = (...args: string[]) => startIn(process.env, ...args);
  const startIn = (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const started = run(process.execPath, [main, ...args], { cwd: folder, env });
    started.child.stdin?.end('wonderland\n');
    return started.catch((error) => error);
  };

  test('prints the body, and what happened on the way', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const proxy = await lab.proxy({ auth: { schemes: [basicAuth()] } });
    const { stdout, stderr } = await start(`${origin.url}/echo`, '--proxy', proxy.url, '--user', 'alice', '--verbose');
    expect(stdout, stderr).toContain('{');
    expect(JSON.parse(stdout)).toMatchObject({ method: 'GET', path: '/echo' });
    expect(stderr).toContain('200 over http/1.1');
    expect(stderr).toContain('asks for sign-in: basic');
    expect(stderr).not.toContain('wonderland');
  });

  test.runIf(process.platform === 'linux')(
    'goes by the settings of the system (of Linux: the environment)',
    async () => {
      const origin = await lab.origin({ protocol: 'http' });
      const proxy = await lab.proxy();
      lab.dns.set('web.corp.test', ['127.0.0.1']);
      const env = { PATH: process.env.PATH, http_proxy: `127.0.0.1:${proxy.port}` };
      const { stdout, stderr } = await startIn(env, `http://web.corp.test:${origin.port}/echo`, '--verbose');
      expect(JSON.parse(stdout), stderr).toMatchObject({ path: '/echo' });
      expect(stderr).toContain('environment variables');
    },
  );

  test('saves a body whole or not at all', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    await start(`${origin.url}/big?bytes=100000`, '-o', 'whole');
    expect((await readFile(join(folder, 'whole'))).length).toBe(100_000);
    const broken = await lab.origin({ protocol: 'http', fault: { kind: 'reset', at: 'body' } });
    const { code, stderr } = await start(`${broken.url}/big?bytes=100000`, '-o', 'broken');
    expect([code, stderr]).toEqual([1, expect.stringContaining('net::ERR_CONNECTION_RESET')]);
    expect((await readdir(folder)).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  test.each([
    [['not a url'], 2, 'is no URL'],
    [['--sideways'], 2, '--sideways'],
    [['http://a.test/', 'http://b.test/'], 2, 'one URL at a time'],
    [['http://127.0.0.1/', '--proxy', 'gopher://x'], 2, 'proxy'],
  ] as const)('%j ends with code %i', async (args, expected, text) => {
    const { code, stderr } = await start(...args);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(text)]);
  });
});
