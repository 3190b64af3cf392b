import type { PacProgram } from '@netloom/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answer, type TestNetwork } from '../../test/support/scripts.js';
import { pacResolverEngine } from './pac-resolver-engine.js';

const programs: PacProgram[] = [];
afterEach(() => {
  for (const program of programs.splice(0)) program.close();
});

async function load(source: string, network: TestNetwork = {}, limits = {}) {
  const alerts: string[] = [];
  const program = await pacResolverEngine().load(source, {
    name: 'http://pac.test/proxy.pac',
    network: { query: async (kind, host) => answer(network, { kind, host }) },
    alert: (message) => alerts.push(message),
    limits,
  });
  programs.push(program);
  return { program, alerts };
}

const returning = (expression: string) => `function FindProxyForURL(url, host) { return ${expression} }`;

describe('pacResolverEngine', () => {
  it('runs scripts and asks the same network', async () => {
    const dns = { 'a.test': '10.0.0.1' };
    const { program, alerts } = await load(
      `function FindProxyForURL(url, host) {
         alert(host);
         if (isInNet(host, "10.0.0.0", "255.0.0.0") && isResolvable(host)) return "PROXY " + dnsResolve(host) + ":1";
         return myIpAddress();
       }`,
      { dns, myIp: '192.0.2.7' },
    );
    const { result, lookups } = await program.find('http://a.test/', 'a.test');
    expect(result).toBe('PROXY 10.0.0.1:1');
    expect(lookups.map(({ host }) => host)).toEqual(['a.test', 'a.test', 'a.test']);
    expect((await program.find('http://b.test/', 'b.test')).result).toBe('192.0.2.7');
    expect(alerts).toEqual(['a.test', 'b.test']);
    expect(program.stateless).toBe(false);
  });

  it('reports what fails', async () => {
    const failed = { code: 'ERR_PAC_SCRIPT_FAILED' };
    await expect(load('(')).rejects.toMatchObject(failed);
    await expect((await load(returning('nothing'))).program.find('http://x/', 'x')).rejects.toMatchObject(failed);
    await expect((await load(returning('1'))).program.find('http://x/', 'x')).rejects.toThrow(
      /did not return a string/,
    );
    await expect((await load(returning('"\\u00fc"'))).program.find('http://x/', 'x')).rejects.toThrow(/non-ASCII/);
  });

  it('stops a script that loops', async () => {
    const { program } = await load('function FindProxyForURL() { for (;;); }', {}, { runTime: 50 });
    await expect(program.find('http://x/', 'x')).rejects.toThrow(/interrupted/);
  });

  it('says what to install', async () => {
    vi.resetModules();
    vi.doMock('node:module', () => ({
      createRequire: () => ({
        resolve: () => {
          throw new Error('Cannot find module');
        },
      }),
    }));
    const { pacResolverEngine } = await import('./pac-resolver-engine.js');
    const network = { query: async () => ({ value: null, ttl: 0 }) };
    const loading = pacResolverEngine().load('', { name: '', network, alert: () => undefined });
    await expect(loading).rejects.toThrow(/the package pac-resolver \(version 9\) has to be installed/);
    vi.doUnmock('node:module');
  });
});
