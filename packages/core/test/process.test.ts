import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicAuth } from '@netloom/lab';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useLab } from './support/lab-client.js';

const environment = useLab();

/** A program that opens one connection too many, asks, reads the answer and does nothing more: no close(), no exit(). */
const PROGRAM = `
import { createClient } from '@netloom/core';
const [url, proxy, ca] = process.argv.slice(2);
const tls = { ca, trust: 'none' };
const client = createClient({
  proxy: proxy === '' ? undefined : proxy,
  tls, proxyTls: tls, decode: true, cookies: true,
  credentials: async () => ({ username: 'alice', password: 'wonderland' }),
});
await client.preconnect(url, { connections: 2 });
const { statusCode, body } = await client.request(url);
await body.text();
process.stdout.write(String(statusCode));
`;

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netloom-process-'));
  program = join(folder, 'program.mjs');
  const source = (path: string) => fileURLToPath(new URL(`../../${path}/src/index.ts`, import.meta.url));
  await build({
    stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { '@netloom/core': source('core'), '@netloom/contracts': source('contracts') },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: 'error',
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe('a program ends by itself after its last response', () => {
  test.concurrent.each([
    ['http', undefined],
    ['https', undefined],
    ['h2', undefined],
    ['http', 'http'],
    ['https', 'http'],
    ['https', 'https'],
    ['h2', 'https'],
    ['h2', 'socks'],
  ] as const)('%s over %s', async (protocol, way) => {
    const { lab } = environment;
    const origin = await lab.origin({ protocol });
    const proxy =
      way === undefined
        ? undefined
        : way === 'socks'
          ? await lab.socks()
          : await lab.proxy({ tls: way === 'https', auth: { schemes: [basicAuth()] } });
    const child = spawn(process.execPath, [program, `${origin.url}/echo`, proxy?.url ?? '', lab.ca.cert], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    // At 'exit' the last of its output may still be on the way.
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, text]).toEqual([0, '200']);
  });
});

describe('nothing is left', () => {
  test.each(['close', 'destroy'] as const)('after %s no connection is open', async (end) => {
    const { lab } = environment;
    const origin = await lab.origin({ protocol: 'h2' });
    const proxy = await lab.proxy();
    const client = environment.client({ proxy: proxy.url });
    const answers = Array.from({ length: 20 }, async () => (await client.request(`${origin.url}/echo`)).body.text());
    if (end === 'destroy') {
      const settled = Promise.allSettled(answers);
      await client.destroy();
      for (const { status } of await settled) expect(['fulfilled', 'rejected']).toContain(status);
    } else {
      await Promise.all(answers);
      await client.close();
    }
    await origin.until(({ stats }) => stats.openConnections === 0);
    await proxy.until(({ stats }) => stats.openConnections === 0);
    await expect(client.request(`${origin.url}/echo`)).rejects.toMatchObject({ code: 'ERR_CONTEXT_SHUT_DOWN' });
  });

  test('close waits for what is under way', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = environment.client();
    const answer = client.request(`${origin.url}/slow?ms=50`).then(({ body }) => body.text());
    await origin.until(({ stats }) => stats.requests === 1);
    await client.close();
    expect((await answer).length).toBeGreaterThan(0);
  });

  test('close waits for a request that is being signed in', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    let answer: (identity: { username: string; password: string }) => void = () => undefined;
    const asked = deferred();
    const client = environment.client({
      credentials: () => {
        asked.resolve();
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const status = client.request(`${origin.url}/auth/basic`).then(async ({ statusCode, body }) => {
      await body.text();
      return statusCode;
    });
    await asked.promise;
    const closed = client.close();
    answer({ username: 'alice', password: 'wonderland' });
    expect(await status).toBe(200);
    await closed;
  });

  test('destroy ends a request that waits for credentials', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const asked = deferred();
    const client = environment.client({
      credentials: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const failure = client.request(`${origin.url}/auth/basic`).catch((error) => error);
    await asked.promise;
    const reason = new Error('enough');
    await client.destroy(reason);
    expect(await failure).toBe(reason);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
