import { assertInteger } from '../client/check.js';

/**
 * How many connections a client may hold, WebSockets and other upgraded ones included. A request that a credentials
 * provider makes itself counts, but does not wait: those who have the connections may be waiting for its answer.
 */
export interface ConnectionLimits {
  /** Connections to one origin over one route (to one proxy, for http through an HTTP proxy). Default 64. */
  readonly perOrigin?: number | undefined;
  /** Connections to one proxy, whatever their origins. Default: no limit but `total`. */
  readonly perProxy?: number | undefined;
  /** Connections in all. Default 256. */
  readonly total?: number | undefined;
}

/** {@link ConnectionLimits} with the defaults filled in. */
export interface CheckedLimits {
  readonly perOrigin: number;
  readonly perProxy: number;
  readonly total: number;
}

/** @throws TypeError when a limit is not a whole number of at least 1. */
export function checkLimits(limits: ConnectionLimits = {}): CheckedLimits {
  const { perOrigin = 64, total = 256, perProxy = total } = limits;
  assertInteger('limits.perOrigin', perOrigin, 1);
  assertInteger('limits.perProxy', perProxy, 1);
  assertInteger('limits.total', total, 1);
  return { perOrigin, perProxy, total };
}
