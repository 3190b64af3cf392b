import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import type { Machine } from './results.js';

const PACKAGES = [
  ...['undici', 'undici8', 'got', 'axios', 'node-fetch', 'https-proxy-agent', 'proxy-agent', 'socks-proxy-agent'],
  ...['pac-resolver', 'axios-ntlm', 'httpntlm'],
];

/** What the figures are taken on. */
export function describeMachine(pinned: boolean): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    pinned,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
  };
}

/** Versions of those that netloom is compared with; who is not installed has none. */
export function describeVersions(): Record<string, string> {
  const { resolve } = createRequire(import.meta.url);
  const versions = PACKAGES.flatMap((name) => {
    const version = versionOf(name, resolve.paths(name) ?? []);
    return version === undefined ? [] : [[name, version] as const];
  });
  return Object.fromEntries(versions);
}

/** Not by `require(name/package.json)`: exports maps of some packages hide it. */
function versionOf(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
