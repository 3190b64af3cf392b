import {
  type Explanation,
  formatPacResult,
  type PacLookup,
  type ProxyRoute,
  type Resolution,
  type RouteFailure,
  type RouteOutcome,
} from '@netloom/contracts';
import type { BadProxies } from './fallback/bad-proxies.js';

/** The routes for one URL, in order, and why. */
export class ProxyResolution implements Resolution {
  readonly routes: readonly ProxyRoute[];
  readonly why: Explanation;
  readonly #memory: BadProxies;
  #settled = false;

  /** @internal */
  constructor(routes: readonly ProxyRoute[], why: Explanation, memory: BadProxies) {
    this.routes = routes;
    this.why = why;
    this.#memory = memory;
  }

  /** The routes as a PAC script would return them, such as `PROXY proxy:8080;DIRECT`. */
  get pac(): string {
    return formatPacResult(this.routes);
  }

  /** Tells that a route failed, before the others were tried: later lists have it at their end at once. */
  failed(failure: RouteFailure): void {
    if (!this.#settled) this.#memory.settle({ failures: [failure], bytesSent: false });
  }

  /** Tells what came of the routes, so that later lists begin with what works. Counts once. */
  settle(outcome: RouteOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#memory.settle(outcome);
  }
}

/** What a script asked the network, for an explanation: name → addresses. */
export function describeLookups(
  lookups: readonly PacLookup[],
): Readonly<Record<string, readonly string[]>> | undefined {
  if (lookups.length === 0) return undefined;
  const entries = lookups.map(({ kind, host, value }): [string, readonly string[]] => [
    kind === 'dnsResolve' || kind === 'dnsResolveEx' ? host : `${kind}()`,
    value ? value.split(';') : [],
  ]);
  return Object.fromEntries(entries);
}
