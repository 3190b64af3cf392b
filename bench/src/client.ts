/** The process of one contestant: it opens it, and works whenever it is told to. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Opened, Setting } from './contestants/contestant.js';
import { type ContestantName, contestant } from './contestants/index.js';
import { serve } from './harness/rpc.js';
import { WarmUp } from './harness/warm-up.js';
import { type Task, taskOf } from './tasks.js';

/** What a turn is made of. */
export interface Turn {
  readonly task: Task;
  readonly parallel: number;
  /** At least so long; what is under way then is finished. */
  readonly ms: number;
  /** At least so many. Default 1. */
  readonly operations?: number;
}

/** What a turn cost. Times are µs per operation. */
export interface Cost {
  readonly wall: number;
  readonly cpu?: number;
  /** ms, 99th percentile; none where the loop never came round. */
  readonly loopDelay?: number;
  /** MiB of resident memory after the turn; where the process was started with `--expose-gc`, without garbage. */
  readonly resident: number;
}

let opened: Opened | undefined;
let count = 0;

const functions = {
  async open({ name, setting }: { name: ContestantName; setting: Setting }): Promise<void> {
    opened = await (await contestant(name))(setting);
  },
  async turn(turn: Turn): Promise<Cost> {
    if (!opened) throw new Error('No contestant is open');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const { operations, wallMs, cpuMs } = await run(opened, turn);
    delay.disable();
    globalThis.gc?.();
    return {
      wall: (wallMs * 1000) / operations,
      ...(cpuMs !== undefined && { cpu: (cpuMs * 1000) / operations }),
      ...(delay.count > 0 && { loopDelay: delay.percentile(99) / 1e6 }),
      resident: process.memoryUsage.rss() / 2 ** 20,
    };
  },
  /** Turns until none is faster any more, at most so many: code has to be compiled. */
  async warmUp({ turns, ...turn }: Turn & { readonly turns: number }): Promise<void> {
    if (!opened) throw new Error('No contestant is open');
    for (const warmUp = new WarmUp(turns); !warmUp.isOver; ) {
      const { operations, wallMs, cpuMs = wallMs } = await run(opened, turn);
      warmUp.add(cpuMs / operations);
    }
  },
  close: async () => opened?.close(),
};

/** What the process of a contestant can be asked for. */
export type ClientFunctions = typeof functions;

function run(contestant: Opened, turn: Turn) {
  const { task, parallel, ms } = turn;
  return contestant.turn?.({ url: task.url, parallel, ms }) ?? work(contestant, turn);
}

async function work(contestant: Opened, { task, parallel, ms, operations: least = 1 }: Turn) {
  const once = taskOf(task, contestant);
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  let operations = 0;
  const worker = async () => {
    do {
      await once(count++);
      operations++;
    } while (operations < least || performance.now() - start < ms);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const { user, system } = process.cpuUsage(cpu);
  return { operations, wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

serve(functions);
