import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Scenario } from '../scenarios/scenario.js';
import type { ServerFunctions } from '../servers.js';
import { findCores } from './cores.js';
import { describeMachine, describeVersions } from './machine.js';
import { measure } from './measure.js';
import type { Plan } from './plan.js';
import { KEEPS_MEMORY, startProgram } from './processes.js';
import type { CaseResult, ScenarioResult } from './results.js';

/** Whether somebody wants to know about a case, and about a contestant in it. */
export type Wants = (scenario: string, name: string, contestant?: string) => boolean;

/** How scenarios are run. */
export interface RunOptions {
  readonly plan: Plan;
  readonly quick: boolean;
  readonly wants: Wants;
  /** Folder for profiles of the contestants. Default: none are made. */
  readonly profiles?: string | undefined;
}

/** What a run tells while it goes on. */
export interface Progress {
  measured(scenario: string, result: CaseResult): void;
  finished(result: ScenarioResult): void | Promise<void>;
}

/** Starts the servers, and runs scenarios one after the other. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  { plan, quick, wants, profiles }: RunOptions,
  progress: Progress,
): Promise<ScenarioResult[]> {
  const cores = findCores();
  const folder = await mkdtemp(join(tmpdir(), 'netloom-bench-'));
  const process = await startProgram<ServerFunctions>('servers', {
    core: cores?.servers,
    env: { ...PLAIN, ...KEEPS_MEMORY },
  });
  try {
    const servers = await process.call('start', undefined);
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, servers.ca);
    const client = { core: cores?.client, env: { ...PLAIN, NODE_EXTRA_CA_CERTS: ca }, profiles };
    const results: ScenarioResult[] = [];
    for (const scenario of scenarios) {
      const bench = benchOf(scenario, { servers, plan, client }, wants, progress);
      const result: ScenarioResult = {
        scenario: scenario.name,
        measured: new Date().toISOString(),
        quick,
        machine: describeMachine(cores !== undefined),
        versions: describeVersions(),
        cases: await scenario.run(bench),
      };
      results.push(result);
      await progress.finished(result);
    }
    return results;
  } finally {
    await process.stop();
    await rm(folder, { recursive: true });
  }
}

/** Settings of the user's that would lead contestants elsewhere, or make them talk. */
const PLAIN: Record<string, string> = Object.fromEntries(
  [
    'http_proxy',
    'https_proxy',
    'all_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
    'NODE_OPTIONS',
  ].map((name) => [name, '']),
);

function benchOf(
  scenario: Scenario,
  fixed: Pick<Bench, 'servers' | 'plan' | 'client'>,
  wants: Wants,
  progress: Progress,
): Bench {
  const bench: Bench = {
    ...fixed,
    wants: (name, contestant) => wants(scenario.name, name, contestant),
    tell(result) {
      progress.measured(scenario.name, result);
      return result;
    },
    async compare(spec) {
      if (!wants(scenario.name, spec.name)) return [];
      const taking = Object.entries(spec.contestants).filter(([name]) => wants(scenario.name, spec.name, name));
      const result = await measure({ ...spec, contestants: Object.fromEntries(taking) }, fixed.plan, fixed.client);
      return [bench.tell(result)];
    },
  };
  return bench;
}
