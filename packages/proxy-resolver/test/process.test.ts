import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pacOf } from './support/resolver.js';

/** A program that asks and does nothing more: no close(), no exit(). */
const PROGRAM = `
import { createProxyResolver, quickJsEngine } from './src/index.js';
const [config, url, wasmFile, workerFile] = process.argv.slice(2);
const resolver = createProxyResolver(JSON.parse(config), { pac: { engine: quickJsEngine({ wasmFile, workerFile }) } });
resolver.on('problem', ({ code }) => console.log(code));
resolver.resolve(new URL(url)).then(({ pac }) => {
  console.log(pac);
  if (process.env.SHOW_WORKERS) console.log(process.moduleLoadList.includes('NativeModule worker_threads'));
});
`;

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-process-'));
  program = join(folder, 'program.cjs');
  await build({
    stdin: { contents: PROGRAM, resolveDir: file('..') },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { '@netloom/contracts': file('../../contracts/src/index.ts') },
    logLevel: 'error',
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** What the program prints before it ends by itself. */
async function run(config: object, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const wasm = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm');
  const args = [program, JSON.stringify(config), 'http://web.test/', wasm, file('../dist/pac-worker.mjs')];
  const options = { env: { ...process.env, ...env }, timeout: 18_000 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return stdout.trim().split('\n');
}

describe.concurrent('a program ends by itself after its last answer', () => {
  it('by rules', async () => {
    expect(await run({ proxyRules: 'proxy.test:8080' })).toEqual(['PROXY proxy.test:8080']);
  });

  it('by a script', async () => {
    const script = 'function FindProxyForURL(url, host) { return myIpAddress() ? "PROXY a.test:1" : "DIRECT" }';
    expect(await run({ pacScript: pacOf(script) })).toEqual(['PROXY a.test:1']);
  });

  it('by a script that breaks its limits', async () => {
    const script = 'function FindProxyForURL(url, host) { for (;;); }';
    expect(await run({ pacScript: pacOf(script) })).toEqual(['ERR_PAC_SCRIPT_FAILED', 'DIRECT']);
  });

  it('without its script, which is looked for again', async () => {
    expect(await run({ pacScript: 'http://127.0.0.1:1/proxy.pac' })).toEqual(['ERR_CONNECTION_REFUSED', 'DIRECT']);
  });

  it('by the settings of the system, which are followed', async () => {
    const env = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '6' };
    expect(await run({ mode: 'system' }, env)).toHaveLength(1);
  });
});

it('a program without a script loads nothing of the engine', async () => {
  const env = { SHOW_WORKERS: '1' };
  expect(await run({ proxyRules: 'proxy.test:8080' }, env)).toEqual(['PROXY proxy.test:8080', 'false']);
  const script = 'function FindProxyForURL() { return "DIRECT" }';
  expect(await run({ pacScript: pacOf(script) }, env)).toEqual(['DIRECT', 'true']);
});

it('a program waits for a script that is slow to come', async () => {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('function FindProxyForURL() { return "PROXY late.test:1" }'), 500);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await run({ pacScript: `http://127.0.0.1:${port}/` })).toEqual(['PROXY late.test:1']);
  server.close();
});
