/** How long and how often is measured. */
export interface Plan {
  /** ms that a contestant works in one round. */
  readonly ms: number;
  /** Rounds before at most, which do not count: until none is faster any more. */
  readonly warmUps: number;
  /** Fresh processes, one after the other: code is compiled differently in each. */
  readonly processes: number;
  /** Rounds of a process, one after the other. */
  readonly rounds: number;
  /** Bytes of large bodies. */
  readonly bytes: number;
  /** Origins that are asked once each. */
  readonly origins: number;
  /** Requests after which memory is looked at. */
  readonly requests: number;
  /** Fresh processes whose start is measured. */
  readonly starts: number;
}

const MIB = 2 ** 20;

/** What the figures are taken with. */
export const FULL: Plan = {
  ms: 250,
  warmUps: 60,
  processes: 2,
  rounds: 4,
  bytes: 100 * MIB,
  origins: 10_000,
  requests: 1_000_000,
  starts: 15,
};

/** For development: figures to be looked at, not to be believed. */
export const QUICK: Plan = {
  ms: 150,
  warmUps: 3,
  processes: 1,
  rounds: 3,
  bytes: 10 * MIB,
  origins: 1000,
  requests: 20_000,
  starts: 3,
};
