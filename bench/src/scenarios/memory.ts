import type { ClientFunctions } from '../client.js';
import type { ContestantName } from '../contestants/index.js';
import { startProgram } from '../harness/processes.js';
import type { CaseResult } from '../harness/results.js';
import { type Bench, CONNECTIONS, type Scenario } from './scenario.js';

const NAME = 'resident memory over 1 000 000 requests';
const SAMPLES = 40;
/** Memory is looked at around the half and at the end, several times. */
const WINDOW = 6;
const PARALLEL = 100;
const CONTESTANTS: readonly ContestantName[] = ['undici.request', 'client.request', 'net.request'];

export const memory: Scenario = {
  name: 'memory',
  summary: 'resident memory over 1 000 000 requests, half-way and at the end',
  async run(bench) {
    const contestants: Record<string, { value: number[] }> = {};
    for (const name of CONTESTANTS) {
      const half = `${name}, half-way`;
      const end = `${name}, at the end`;
      if (!bench.wants(NAME, end)) continue;
      const samples = await grow(name, bench);
      const middle = (samples.length - WINDOW) >> 1;
      contestants[half] = { value: samples.slice(middle, middle + WINDOW) };
      contestants[end] = { value: samples.slice(-WINDOW) };
    }
    const base = Object.keys(contestants)[0];
    const result: CaseResult = { name: NAME, base: base ?? '', unit: 'MiB', contestants, absent: {}, failed: {} };
    return base === undefined ? [] : [bench.tell(result)];
  },
};

/** MiB that the process of a contestant has, in steps of a fortieth of all requests. */
async function grow(name: ContestantName, { servers, plan, client }: Bench): Promise<number[]> {
  const process = await startProgram<ClientFunctions>('client', { ...client, node: ['--expose-gc'] });
  try {
    await process.call('open', { name, setting: { connections: CONNECTIONS } });
    const task = { kind: 'get', url: `${servers.http}/1k` } as const;
    const samples: number[] = [];
    while (samples.length < SAMPLES) {
      const turn = { task, parallel: PARALLEL, ms: 0, operations: plan.requests / SAMPLES };
      samples.push((await process.call('turn', turn)).resident);
    }
    return samples;
  } finally {
    await process.stop();
  }
}
