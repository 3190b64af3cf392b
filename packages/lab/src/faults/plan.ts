import type { Fault, FaultKind, Stage } from './fault.js';

/** Kinds that play when a request is read, and need no `at`. */
const ANSWER_KINDS: readonly FaultKind[] = [
  'answer',
  'oversize-headers',
  'truncated-chunks',
  'malformed-chunk',
  'short-body',
  'keep-alive-hint',
  'challenge',
];
const HTTP2_KINDS: readonly FaultKind[] = ['goaway', 'refused-stream', 'stream-reset'];

/** Stage → kinds without `at` that play there. */
const IMPLIED: Readonly<Partial<Record<Stage | 'session', readonly FaultKind[]>>> = {
  request: [...ANSWER_KINDS, ...HTTP2_KINDS, 'socks-reply'],
  connect: ['connect-answer', 'connect-extra', 'oversize-headers', 'challenge'],
  greeting: ['socks-version'],
  session: ['max-streams'],
  challenge: ['unread-upload'],
  round: ['unread-upload'],
};
const STAGE_KINDS: readonly FaultKind[] = ['reset', 'close', 'stall', 'garbage'];
const KINDS: ReadonlySet<string> = new Set([...STAGE_KINDS, ...Object.values(IMPLIED).flat(), 'refuse']);

/** An HTTP request's faults are chosen once, when it is read; some of them act later in its life. */
const REQUEST_STAGES: ReadonlySet<Stage> = new Set(['request', 'headers', 'body']);

/** The faults a server has to play, and how often each had occasion to. */
export class FaultPlan {
  #faults: readonly Fault[] = [];
  #occasions = new Map<Fault, number>();
  #perConnection = new WeakMap<object, Map<Fault, number>>();

  /** Whether there is any fault: the one question of the ordinary path. */
  get active(): boolean {
    return this.#faults.length > 0;
  }

  /** Whether the port has to be closed. */
  get refuses(): boolean {
    return this.#faults.some(({ kind }) => kind === 'refuse');
  }

  set(fault: Fault | readonly Fault[] | undefined): void {
    const faults = fault === undefined ? [] : 'kind' in fault ? [fault] : fault;
    for (const { kind } of faults) {
      if (!KINDS.has(kind)) throw new TypeError(`Unknown fault '${kind}'; expected one of ${[...KINDS].join(', ')}`);
    }
    this.#faults = faults;
    this.#occasions = new Map();
    this.#perConnection = new WeakMap();
  }

  /** Whether a fault waits for this stage; counts nothing. */
  has(stage: Stage | 'session'): boolean {
    return this.#faults.some((fault) => playsAt(fault, stage));
  }

  /**
   * The stage is reached once more: the fault that plays now, if any.
   *
   * @param target - path or target of the request, where there is one.
   */
  take(stage: Stage | 'session', connection: object, target?: string): Fault | undefined {
    return this.#find(connection, target, (fault) => playsAt(fault, stage));
  }

  /** As {@link take} for an HTTP request: the faults of its answer and of the stages up to its body. */
  takeForRequest(connection: object, target: string, http2: boolean): Fault | undefined {
    return this.#find(connection, target, (fault) => {
      if ('at' in fault) return REQUEST_STAGES.has(fault.at);
      return ANSWER_KINDS.includes(fault.kind) || (http2 && HTTP2_KINDS.includes(fault.kind));
    });
  }

  #find(connection: object, target: string | undefined, applies: (fault: Fault) => boolean): Fault | undefined {
    let found: Fault | undefined;
    for (const fault of this.#faults) {
      if (!applies(fault) || (fault.path !== undefined && !target?.startsWith(fault.path))) continue;
      if (this.#due(fault, this.#count(fault, connection))) found ??= fault;
    }
    return found;
  }

  #count(fault: Fault, connection: object): number {
    let counts = this.#occasions;
    if (fault.per === 'connection') {
      counts = this.#perConnection.get(connection) ?? new Map();
      this.#perConnection.set(connection, counts);
    }
    const count = (counts.get(fault) ?? 0) + 1;
    counts.set(fault, count);
    return count;
  }

  #due(fault: Fault, count: number): boolean {
    const occasion = count - (fault.after ?? 0);
    if (occasion < 1) return false;
    if (fault.every !== undefined && occasion % fault.every !== 0) return false;
    return fault.first === undefined || occasion <= fault.first * (fault.every ?? 1);
  }
}

function playsAt(fault: Fault, stage: Stage | 'session'): boolean {
  return 'at' in fault ? fault.at === stage : (IMPLIED[stage]?.includes(fault.kind) ?? false);
}
