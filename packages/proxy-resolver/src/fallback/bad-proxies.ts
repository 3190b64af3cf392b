import {
  type Clock,
  describeProxy,
  isFallbackError,
  type NetErrorCode,
  type ProxyRoute,
  type ProxyServer,
  type RouteOutcome,
} from '@netloom/contracts';

/** How long a proxy that failed is tried after the others, in ms. */
export const BAD_PROXY_TIME = 300_000;

/** Why and how long a proxy is avoided. */
export interface BadProxy {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly error: NetErrorCode | undefined;
  /** Whether it is still tried, after all others. */
  readonly tryWhileBad: boolean;
}

/** How a proxy is marked. */
export interface MarkOptions {
  /** Default {@link BAD_PROXY_TIME}. */
  readonly delay?: number | undefined;
  readonly error?: NetErrorCode | undefined;
  /** Default true. */
  readonly tryWhileBad?: boolean | undefined;
}

/** Remembers which proxies failed, so that a dead one delays one request and not each. Going direct is never bad. */
export class BadProxies {
  readonly #clock: Clock;
  readonly #marks = new Map<string, BadProxy>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Marks a proxy; a mark that lasts longer stays. */
  mark(proxy: ProxyServer, { delay = BAD_PROXY_TIME, error, tryWhileBad = true }: MarkOptions = {}): void {
    const key = describeProxy(proxy);
    const until = this.#clock.now() + delay;
    if ((this.#marks.get(key)?.until ?? Number.NEGATIVE_INFINITY) < until)
      this.#marks.set(key, { until, error, tryWhileBad });
  }

  /** The mark of a proxy, as long as it lasts. */
  get(proxy: ProxyServer): BadProxy | undefined {
    const key = describeProxy(proxy);
    const mark = this.#marks.get(key);
    if (mark === undefined || mark.until > this.#clock.now()) return mark;
    this.#marks.delete(key);
    return undefined;
  }

  /**
   * Brings bad proxies to the end, in their order. Those that are not to be tried are left out. Where all are bad the
   * order stays as it was.
   */
  order(routes: readonly ProxyRoute[]): { readonly routes: readonly ProxyRoute[]; readonly bad: readonly string[] } {
    if (this.#marks.size === 0) return { routes, bad: [] };
    const good: ProxyRoute[] = [];
    const later: ProxyRoute[] = [];
    const bad: string[] = [];
    for (const route of routes) {
      const mark = route.proxy && this.get(route.proxy);
      if (mark === undefined) {
        good.push(route);
        continue;
      }
      bad.push(describeProxy(route.proxy!));
      if (mark.tryWhileBad) later.push(route);
    }
    return { routes: bad.length === 0 ? routes : [...good, ...later], bad };
  }

  /** Takes what came of a list: proxies that failed are bad from now on, one that worked is not any more. */
  settle({ used, failures, bytesSent }: RouteOutcome): void {
    // Once bytes of the request had gone out, it was not the proxy that could not be reached.
    const counted = bytesSent && used === undefined ? failures.slice(0, -1) : failures;
    for (const { route, error } of counted) {
      if (route.proxy !== undefined && isFallbackError(error.code, route))
        this.mark(route.proxy, { error: error.code });
    }
    if (used?.proxy !== undefined && this.#marks.size > 0) this.#marks.delete(describeProxy(used.proxy));
  }

  /** Forgets all, because the network or the configuration changed. */
  clear(): void {
    this.#marks.clear();
  }
}
