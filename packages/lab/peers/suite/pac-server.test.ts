import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { type ConfiguredProxyResolver, createProxyResolver } from '@netloom/proxy-resolver';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { at } from '../testbed/layout.js';

const FOLDER = at('pac-web');
const SCRIPT = `${FOLDER}/proxy.pac`;
const WEB = new URL('http://web.test/');

describe('a PAC script on a web server', () => {
  let port = 0;
  let server: ChildProcess;
  let resolver: ConfiguredProxyResolver;
  const ask = async () => (await resolver.resolve(WEB)).pac;

  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    port = await freePort();
    server = await serve(port);
    resolver = createProxyResolver({ pacScript: `http://127.0.0.1:${port}/proxy.pac` });
  });
  afterAll(() => {
    resolver.close();
    server.kill();
  });

  it('is fetched', async () => {
    await write('PROXY first.test:1');
    expect(await ask()).toBe('PROXY first.test:1');
  });

  it('is followed when it changes', async () => {
    await write('PROXY second.test:1');
    await resolver.reload();
    expect(await ask()).toBe('PROXY second.test:1');
  });

  it('means direct when it has disappeared', async () => {
    await rm(SCRIPT);
    await resolver.reload();
    const { pac, why } = await resolver.resolve(WEB);
    expect(pac).toBe('DIRECT');
    expect(why.notes?.join()).toContain('answered with status 404');
  });

  it('is taken up again when it is back', async () => {
    await write('PROXY third.test:1');
    await resolver.reload();
    expect(await ask()).toBe('PROXY third.test:1');
  });

  it('is taken up without being asked for when its server comes back', async () => {
    server.kill();
    await once(server, 'exit');
    await resolver.reload();
    const { pac, why } = await resolver.resolve(WEB);
    expect(pac).toBe('DIRECT');
    expect(why.notes?.join()).toContain('ECONNREFUSED');
    const change = once(resolver, 'change');
    server = await serve(port);
    await change;
    expect(await ask()).toBe('PROXY third.test:1');
  });
});

function write(result: string): Promise<void> {
  return writeFile(SCRIPT, `function FindProxyForURL(url, host) { return ${JSON.stringify(result)} }\n`);
}

/** Starts Python's web server, and waits until it answers. */
async function serve(port: number): Promise<ChildProcess> {
  const args = ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', FOLDER];
  const child = spawn('/usr/bin/python3', args, { stdio: 'ignore' });
  await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/`), { timeout: 20_000 });
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}
