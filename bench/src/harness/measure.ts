import type { ClientFunctions, Cost } from '../client.js';
import type { Setting } from '../contestants/contestant.js';
import type { ContestantName } from '../contestants/index.js';
import type { Task } from '../tasks.js';
import type { Plan } from './plan.js';
import { type StartOptions, startProgram } from './processes.js';
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

/** Measures a case: contestants in processes of their own, in turn, in several rounds. */
export async function measure(spec: Case, plan: Plan, client: StartOptions): Promise<CaseResult> {
  const costs = new Map<string, Cost[]>(Object.keys(spec.contestants).map((name) => [name, []]));
  const [absent, failed]: Record<string, string>[] = [{}, {}];
  const drop = (name: string, error: unknown) => {
    const { name: kind, message } = error as Error;
    (kind === 'NotHere' ? absent : failed)![name] = message;
    costs.delete(name);
  };

  const { task, parallel, operations: total } = spec;
  const extent =
    total === undefined ? { ms: plan.ms } : { ms: 0, operations: Math.ceil(total / plan.processes / plan.rounds) };
  for (let generation = 0; generation < plan.processes; generation++) {
    const runners = await startAll(spec, [...costs.keys()], plan, client, drop);
    for (let round = 0; round < plan.rounds; round++) {
      // There and back, so that a machine that gets slower or faster treats all alike.
      for (const runner of round % 2 === 0 ? runners : [...runners].reverse()) {
        if (!costs.has(runner.name)) continue;
        await runner.process.call('turn', { task, parallel, ...extent }).then(
          (cost) => costs.get(runner.name)?.push(cost),
          (error) => drop(runner.name, error),
        );
      }
    }
    for (const runner of runners) await runner.stop();
  }
  return resultOf(spec, costs, { absent: absent!, failed: failed! });
}

/** Opens contestants and warms them up; those that cannot are dropped. */
async function startAll(
  { name: title, contestants, task, parallel }: Case,
  names: readonly string[],
  plan: Plan,
  client: StartOptions,
  drop: (name: string, error: unknown) => void,
): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const name of names) {
    try {
      const runner = await Runner.start(name, title, contestants[name]!, client);
      runners.push(runner);
      await runner.process.call('turn', { task, parallel, ms: plan.warmUpMs, warmUp: true });
    } catch (error) {
      drop(name, error);
    }
  }
  return runners;
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
