import type { ClientFunctions, Cost } from '../client.js';
import type { Setting } from '../contestants/contestant.js';
import type { ContestantName } from '../contestants/index.js';
import type { Task } from '../tasks.js';
import type { Plan } from './plan.js';
import { KEEPS_MEMORY, type StartOptions, startProgram } from './processes.js';
import { profilerSwitches } from './profile.js';
import type { CaseResult } from './results.js';
import type { Remote } from './rpc.js';

/** Something that several contestants do. */
export interface Case {
  readonly name: string;
  /** The contestant whose ratio is 1. */
  readonly base: string;
  readonly task: Task;
  readonly parallel: number;
  /** How often it is done in all rounds together. Default: as often as the time of a round allows. */
  readonly operations?: number;
  /** Whether processes keep the memory that they have freed; see {@link KEEPS_MEMORY}. Default false. */
  readonly keepsMemory?: boolean;
  /** Who takes part: its name in the results → what it is. */
  readonly contestants: Readonly<Record<string, Entrant>>;
}

/** A contestant and what it is opened with. */
export interface Entrant {
  readonly contestant: ContestantName;
  readonly setting: Setting;
}

/** One contestant in a process of its own. */
class Runner {
  private constructor(
    readonly name: string,
    readonly process: Remote<ClientFunctions>,
  ) {}

  static async start(name: string, title: string, entrant: Entrant, options: StartOptions): Promise<Runner> {
    const profiler = options.profiles === undefined ? [] : profilerSwitches(options.profiles, `${title} ${name}`);
    const node = ['--disable-warning=ExperimentalWarning', ...profiler];
    const runner = new Runner(name, await startProgram<ClientFunctions>('client', { ...options, node }));
    try {
      await runner.process.call('open', { name: entrant.contestant, setting: entrant.setting });
    } catch (error) {
      await runner.stop();
      throw error;
    }
    return runner;
  }

  /** Also where the contestant fails to close: its process ends then. */
  async stop(): Promise<void> {
    await this.process.call('close', undefined).catch(() => undefined);
    await this.process.stop();
  }
}

/** Measures a case: contestants in turn, each in a process of its own, in several generations of processes. */
export async function measure(spec: Case, plan: Plan, client: StartOptions): Promise<CaseResult> {
  const costs = new Map<string, Cost[]>(Object.keys(spec.contestants).map((name) => [name, []]));
  const [absent, failed]: Record<string, string>[] = [{}, {}];
  for (let generation = 0; generation < plan.processes; generation++) {
    // There and back, so that a machine that gets slower or faster treats all alike.
    const names = generation % 2 === 0 ? [...costs.keys()] : [...costs.keys()].reverse();
    for (const name of names) {
      try {
        costs.get(name)?.push(...(await turns(name, spec, plan, client)));
      } catch (error) {
        const { name: kind, message } = error as Error;
        (kind === 'NotHere' ? absent : failed)![name] = message;
        costs.delete(name);
      }
    }
  }
  return resultOf(spec, costs, { absent: absent!, failed: failed! });
}

/**
 * The costs of a contestant's rounds in one process. They follow each other without a pause: in one V8 throws compiled
 * code away, which it would have to make anew in the next round.
 */
async function turns(name: string, spec: Case, plan: Plan, client: StartOptions): Promise<Cost[]> {
  const { name: title, contestants, task, parallel, operations, keepsMemory = false } = spec;
  const extent =
    operations === undefined
      ? { ms: plan.ms }
      : { ms: 0, operations: Math.ceil(operations / plan.processes / plan.rounds) };
  const options = keepsMemory ? { ...client, env: { ...client.env, ...KEEPS_MEMORY } } : client;
  const runner = await Runner.start(name, title, contestants[name]!, options);
  try {
    await runner.process.call('warmUp', { task, parallel, ms: plan.ms, turns: plan.warmUps });
    const costs: Cost[] = [];
    while (costs.length < plan.rounds) costs.push(await runner.process.call('turn', { task, parallel, ...extent }));
    return costs;
  } finally {
    await runner.stop();
  }
}

type Missing = Pick<CaseResult, 'absent' | 'failed'>;

function resultOf(
  { name, base, task }: Case,
  costs: ReadonlyMap<string, readonly Cost[]>,
  missing: Missing,
): CaseResult {
  const contestants = [...costs].map(([contestant, rounds]) => {
    const cpu = rounds.flatMap((cost) => cost.cpu ?? []);
    const loopDelay = rounds.flatMap((cost) => cost.loopDelay ?? []);
    const series = {
      wall: rounds.map(({ wall }) => wall),
      ...(cpu.length === rounds.length && { cpu }),
      ...(loopDelay.length > 0 && { loopDelay }),
    };
    return [contestant, series] as const;
  });
  return {
    name,
    base,
    ...(task.bytes !== undefined && { bytes: task.bytes }),
    contestants: Object.fromEntries(contestants),
    ...missing,
  };
}
