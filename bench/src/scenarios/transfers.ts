import type { ContestantName } from '../contestants/index.js';
import type { Case } from '../harness/measure.js';
import type { Task } from '../tasks.js';
import { type Bench, compareAll, EVERYBODY, entrants, type Scenario } from './scenario.js';

function cases(bench: Bench, kind: 'download' | 'upload', outside: readonly ContestantName[]): Case[] {
  const { bytes } = bench.plan;
  const { bulk, bulkTls, proxy } = bench.servers;
  const path = kind === 'download' ? `/download?bytes=${bytes}` : '/upload';
  const ours = EVERYBODY.filter((name) => name !== 'curl');
  const over = (name: string, origin: string, way: { proxy?: string }): Case => ({
    name,
    base: 'undici.request',
    task: { kind, url: `${origin}${path}`, bytes } satisfies Task,
    parallel: 1,
    keepsMemory: true,
    contestants: entrants([...ours, ...outside], { connections: 1, ...way }),
  });
  return [
    over('over http', bulk, {}),
    over('over https', bulkTls, {}),
    over('over http through an HTTP proxy', bulk, { proxy }),
    over('over https through an HTTP proxy', bulkTls, { proxy }),
  ];
}

export const download: Scenario = {
  name: 'download',
  summary: '100 MiB from an origin, directly and through a proxy',
  run: (bench) => compareAll(bench, cases(bench, 'download', ['curl', 'Chromium'])),
};

export const upload: Scenario = {
  name: 'upload',
  summary: '100 MiB as a stream to an origin, directly and through a proxy',
  run: (bench) => compareAll(bench, cases(bench, 'upload', [])),
};
