import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { gssapiProvider } from '../../src/gssapi/provider.js';
import { IsolatedEngine } from '../../src/isolation/isolated-engine.js';
import { LibraryFailure } from '../../src/native/library-failure.js';
import { contextRequest } from '../request.js';

const CHILD = fileURLToPath(new URL('scripted-child.mjs', import.meta.url));
const { signal } = new AbortController();

const requestFor = (host: string) => contextRequest({ spn: { service: 'HTTP', host } });

/** Whether a process is there. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the child that calls GSSAPI', () => {
  let engine: IsolatedEngine | undefined;
  afterEach(() => engine?.kill());
  const start = (idleMs?: number) => {
    engine = new IsolatedEngine({ library: undefined, childFile: CHILD, idleMs });
    return engine;
  };
  const pidOf = async (isolated: IsolatedEngine, id: number, host = 'web.test') => {
    const { token } = await isolated.step(id, requestFor(host), undefined);
    return Number(Buffer.from(token!).toString());
  };

  it('makes tokens, one child for all contexts', async () => {
    const isolated = start();
    const first = await pidOf(isolated, 1);
    expect(first).not.toBe(process.pid);
    expect(await pidOf(isolated, 2)).toBe(first);
  });

  it('says what GSSAPI said', async () => {
    const failing = start().step(1, requestFor('fails.test'), undefined);
    await expect(failing).rejects.toBeInstanceOf(LibraryFailure);
    await expect(failing).rejects.toMatchObject({ status: { minor: 0x96c73a07, text: 'no' } });
  });

  it('that ends loses its contexts, and another takes over', async () => {
    const isolated = start();
    const first = await pidOf(isolated, 1);
    await expect(isolated.step(2, requestFor('crashes.test'), undefined)).rejects.toThrow(/has ended/);
    await expect(isolated.step(1, requestFor('web.test'), Buffer.from('next'))).rejects.toThrow(/has ended/);
    expect(await pidOf(isolated, 3)).not.toBe(first);
    // What is gone needs no freeing.
    await isolated.release(1);
  });

  it('is ended when it is idle', async () => {
    const isolated = start(20);
    const pid = await pidOf(isolated, 1);
    await isolated.release(1);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is killed when a call does not return in time', async () => {
    const provider = gssapiProvider({ isolation: 'process', childFile: CHILD, timeoutMs: 500 });
    const { token } = await provider.initialise(requestFor('web.test')).step(undefined, signal);
    const hanging = provider.initialise(requestFor('hangs.test')).step(undefined, signal);
    await expect(hanging).rejects.toThrow(/within 500 ms/);
    await expect.poll(() => isRunning(Number(Buffer.from(token!).toString()))).toBe(false);
    expect(await provider.unavailable()).toMatch(/did not answer in time/);
  });

  it('that cannot be started makes the provider unavailable', async () => {
    const provider = gssapiProvider({ isolation: 'process', childFile: '/nonexistent.mjs' });
    expect(await provider.unavailable()).toMatch(/did not start/);
  });

  it('says why it has no library', async () => {
    const provider = gssapiProvider({ isolation: 'process', library: 'libnone.so.7' });
    expect(await provider.unavailable()).toMatch(/libnone\.so\.7/);
  });
});

describe('a program with a child', () => {
  const run = async (env: NodeJS.ProcessEnv) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('program.ts', import.meta.url))],
      bundle: true,
      packages: 'external',
      alias: { '@netloom/contracts': fileURLToPath(new URL('../../../contracts/src/index.ts', import.meta.url)) },
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const args = ['--input-type=module', '--eval', outputFiles[0]!.text];
    // Resolves when nobody holds the program's standard error any more, which the child has as well.
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, CHILD, ...env } });
    return stdout;
  };

  it('ends by itself, and the child with it', async () => expect(await run({})).toMatch(/^\d+\n$/));

  it('ends at once while a call hangs, and the child with it', async () =>
    expect(await run({ HANG: '1' })).toMatch(/^\d+\n$/));
});

describe('gssapiProvider', () => {
  it('looks for libraries, and says which', async () => {
    const provider = gssapiProvider({ library: '/nonexistent/libgssapi.so' });
    expect(await provider.unavailable()).toMatch(
      /none of these libraries can be used: \/nonexistent\/libgssapi\.so \(/,
    );
    await expect(provider.initialise(requestFor('web.test')).step(undefined, signal)).rejects.toMatchObject({
      effect: 'disable-scheme',
      message: expect.stringContaining('/nonexistent/libgssapi.so'),
    });
  });

  it.each([{ library: '' }, { timeoutMs: 1.5 }, { timeoutMs: 2 ** 31 }, { isolation: 'thread' as 'none' }])(
    'checks its options: %j',
    (options) => expect(() => gssapiProvider(options)).toThrow(TypeError),
  );

  it('serves Negotiate with any credentials, and a step of a context that is gone fails', async () => {
    const provider = gssapiProvider();
    expect(provider.supports(requestFor('web.test'))).toBe(true);
    expect(provider.supports({ ...requestFor('web.test'), package: 'ntlm' })).toBe(false);
    const context = gssapiProvider({ isolation: 'process', childFile: CHILD }).initialise(requestFor('web.test'));
    context.dispose();
    context.dispose();
    await expect(context.step(undefined, signal)).rejects.toThrow(/disposed/);
  });
});
