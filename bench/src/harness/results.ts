/**
 * What a contestant's operation costs; less is better. `wall` and `cpu` are µs per operation, by the clock and by the
 * processor time of the client's process; `value` is whatever unit the case has.
 */
export type Measure = 'wall' | 'cpu' | 'value';

/** The costs of one contestant, one number per round. */
export interface Series {
  readonly wall?: readonly number[];
  readonly cpu?: readonly number[];
  readonly value?: readonly number[];
  /** ms, 99th percentile of the delays of the client's event loop. */
  readonly loopDelay?: readonly number[];
}

/** What was measured under the same conditions, and may be compared. */
export interface CaseResult {
  readonly name: string;
  /** The contestant whose ratio is 1. */
  readonly base: string;
  /** Bytes that one operation moves, where that is the point. */
  readonly bytes?: number;
  /** Unit of `value`; `ms` besides where an operation is told by its time and not by how many there are in a second. */
  readonly unit?: string;
  readonly contestants: Readonly<Record<string, Series>>;
  /** Who is not on this machine or has no such thing → the reason. */
  readonly absent: Readonly<Record<string, string>>;
  /** Who should have done it and did not → what happened. */
  readonly failed: Readonly<Record<string, string>>;
}

/** All cases of one scenario, as they are kept in a file. */
export interface ScenarioResult {
  readonly scenario: string;
  /** ISO 8601. */
  readonly measured: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
}

/** What the figures were taken on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Whether servers and client have a core each. */
  readonly pinned: boolean;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}
