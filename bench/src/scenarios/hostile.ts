import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandOf } from '../harness/processes.js';
import type { CaseResult } from '../harness/results.js';
import type { Bench } from './scenario.js';

const NAME = 'longest stop of the event loop by a hostile script';

/** Hostile PAC scripts in a program of their own. */
export async function hostileScripts({ plan, client, ...bench }: Bench): Promise<CaseResult[]> {
  if (!bench.wants(NAME)) return [];
  const [command, args] = commandOf('hostile', client);
  const env = { ...process.env, ...client.env };
  const { stdout } = await promisify(execFile)(command, [...args, String(plan.rounds)], { env });
  const stops = Object.entries(JSON.parse(stdout) as Record<string, number[]>);
  const contestants = Object.fromEntries(stops.map(([name, value]) => [name, { value }]));
  return [bench.tell({ name: NAME, base: 'an endless loop', unit: 'ms', contestants, absent: {}, failed: {} })];
}
