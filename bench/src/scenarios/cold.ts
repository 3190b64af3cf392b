import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandOf } from '../harness/processes.js';
import type { CaseResult, Series } from '../harness/results.js';
import type { Start, StartedPackage } from '../start.js';
import type { Bench, Scenario } from './scenario.js';

const PACKAGES: readonly StartedPackage[] = [
  'undici',
  '@netloom/core',
  '@netloom/electron-net',
  'node:http',
  'got',
  'axios',
  'node-fetch',
];

const CASES = ['import', 'import and first request', 'resident memory after the first request'] as const;

export const cold: Scenario = {
  name: 'cold',
  summary: 'a program that has just been started: import, first request, memory',
  async run(bench) {
    const wanted = PACKAGES.filter((name) => CASES.some((title) => bench.wants(title, name)));
    const starts = new Map<string, Start[]>(wanted.map((name) => [name, []]));
    for (let round = 0; round < bench.plan.starts; round++) {
      for (const name of round % 2 === 0 ? wanted : [...wanted].reverse()) {
        starts.get(name)?.push(await start(name, bench));
      }
    }
    const [imported, first, resident] = CASES;
    return [
      { ...resultOf(imported, starts, (costs) => times(costs.map((cost) => cost.import))), unit: 'ms' },
      { ...resultOf(first, starts, (costs) => times(costs.map((cost) => cost.request))), unit: 'ms' },
      { ...resultOf(resident, starts, (costs) => ({ value: costs.map((cost) => cost.resident) })), unit: 'MiB' },
    ]
      .filter(({ name }) => bench.wants(name))
      .map((result) => bench.tell(result));
  },
};

async function start(name: StartedPackage, { client, servers }: Bench): Promise<Start> {
  const [command, args] = commandOf('start', client);
  const env = { ...process.env, ...client.env };
  const { stdout } = await promisify(execFile)(command, [...args, name, `${servers.http}/1k`], { env });
  return JSON.parse(stdout) as Start;
}

function times(costs: readonly { wall: number; cpu: number }[]): Series {
  return { wall: costs.map(({ wall }) => wall), cpu: costs.map(({ cpu }) => cpu) };
}

function resultOf(
  name: string,
  starts: ReadonlyMap<string, Start[]>,
  seriesOf: (costs: Start[]) => Series,
): CaseResult {
  const contestants = Object.fromEntries([...starts].map(([contestant, costs]) => [contestant, seriesOf(costs)]));
  return { name, base: 'undici', contestants, absent: {}, failed: {} };
}
