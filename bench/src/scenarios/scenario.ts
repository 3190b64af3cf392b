import type { Setting, SignIn } from '../contestants/contestant.js';
import type { ContestantName } from '../contestants/index.js';
import type { Case, Entrant } from '../harness/measure.js';
import type { Plan } from '../harness/plan.js';
import type { StartOptions } from '../harness/processes.js';
import type { CaseResult } from '../harness/results.js';
import type { Servers } from '../servers.js';

/** What a scenario measures with. */
export interface Bench {
  readonly servers: Servers;
  readonly plan: Plan;
  /** How processes of contestants are started. */
  readonly client: StartOptions;
  /** Whether somebody wants to know about this: the check measures what has a budget and nothing else. */
  wants(name: string, contestant?: string): boolean;
  /** Tells of a case that was measured otherwise than by {@link compare}, and gives it back. */
  tell(result: CaseResult): CaseResult;
  /** Measures a case. Nothing where nobody wants it. */
  compare(spec: Case): Promise<CaseResult[]>;
}

/** A group of cases that can be run on its own. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  run(bench: Bench): Promise<CaseResult[]>;
}

/** Runs cases one after the other. */
export async function compareAll(bench: Bench, cases: readonly Case[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const spec of cases) results.push(...(await bench.compare(spec)));
  return results;
}

/** The same setting for several contestants. */
export function entrants(names: readonly ContestantName[], setting: Setting): Record<string, Entrant> {
  return Object.fromEntries(names.map((contestant) => [contestant, { contestant, setting }]));
}

/** Connections to one origin: more than 100 in parallel need, so that the contestant's own default never decides. */
export const CONNECTIONS = 100;

/** The user whom the lab's servers know. */
export const ALICE: Omit<SignIn, 'scheme'> = { username: 'alice', password: 'wonderland' };

/**
 * All that can be asked over HTTP/1.1 without a proxy. Who is compared stands together: a machine that others share may be
 * half as fast a minute later.
 */
export const EVERYBODY: readonly ContestantName[] = [
  'undici.dispatch',
  'client.dispatch',
  'client.request',
  'undici.request',
  'net.fetch',
  'undici.fetch',
  'client.fetch',
  'fetch + dispatcher',
  'fetch',
  'undici 8 fetch',
  'undici 8 request',
  'axios',
  'net.request',
  'node:http',
  'got',
  'node-fetch',
  'curl',
];
