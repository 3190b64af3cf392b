import type { NetError } from './errors.js';

/** How a proxy is spoken to. */
export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'quic';

/** A proxy server. */
export interface ProxyServer {
  readonly scheme: ProxyScheme;
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /**
   * Who looks the destination's name up, for `socks5` only: the proxy (default, `socks5h://` in curl's words) or the
   * client (`socks5://` in curl's words).
   */
  readonly resolveAt?: 'proxy' | 'client' | undefined;
  /** Credentials that came with the proxy's URL; used for this proxy only. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** One way to an origin: through a proxy, or direct when `proxy` is undefined. */
export interface ProxyRoute {
  readonly proxy: ProxyServer | undefined;
}

/** The route without a proxy. */
export const DIRECT: ProxyRoute = Object.freeze({ proxy: undefined });

/** Where a resolution came from, for people and logs. */
export interface Explanation {
  /** What decided: the client's own configuration, rules, a PAC script, or a system's settings. */
  readonly source: string;
  /** The rule, PAC result or variable that decided. */
  readonly rule?: string | undefined;
  /** DNS answers that a PAC script used: name → addresses. */
  readonly dns?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Proxies that were moved to the end because they had failed, as `scheme://host:port`. */
  readonly bad?: readonly string[] | undefined;
  /** Anything else worth knowing, such as why a PAC script was not used. */
  readonly notes?: readonly string[] | undefined;
}

/** A route that could not be used. */
export interface RouteFailure {
  readonly route: ProxyRoute;
  readonly error: NetError;
}

/** What came of a resolution's routes. */
export interface RouteOutcome {
  /** The route that worked; undefined when none did. */
  readonly used?: ProxyRoute | undefined;
  /** The routes that failed before it, in order. */
  readonly failures: readonly RouteFailure[];
  /** Whether bytes of the request had been sent when the last failure came; then no other route was tried. */
  readonly bytesSent: boolean;
}

/** The ordered routes for one URL. */
export interface Resolution {
  /** In order of preference; at least one. */
  readonly routes: readonly ProxyRoute[];
  readonly why: Explanation;
  /**
   * May be called when a route failed and the next one is tried, before {@link Resolution.settle} tells the same: requests
   * that come meanwhile need not wait for that route.
   */
  failed?(failure: RouteFailure): void;
  /** To be called once, with what came of the routes. */
  settle(outcome: RouteOutcome): void;
}

/** How a {@link ProxyResolver} is asked. */
export interface ResolveOptions {
  /** Gives the question up. */
  readonly signal?: AbortSignal | undefined;
  /** Separates what is remembered for different top-level sites. */
  readonly networkPartition?: string | undefined;
}

/** Finds the routes to a URL. */
export interface ProxyResolver {
  /**
   * @param url - not to be changed: it may be handed over again for the next request.
   * @throws NetError `ERR_MANDATORY_PROXY_CONFIGURATION_FAILED`, `ERR_NO_SUPPORTED_PROXIES` or
   * `ERR_PAC_SCRIPT_FAILED` when the configuration forbids going on.
   */
  resolve(url: URL, options?: ResolveOptions): Promise<Resolution>;
  /**
   * The answer of {@link ProxyResolver.resolve} where nobody has to be waited for; undefined: it has to be asked. Asked
   * first, where it is there: most requests are spared a wait.
   *
   * @throws as {@link ProxyResolver.resolve} rejects.
   */
  resolveNow?(url: URL): Resolution | undefined;
  /** Frees workers and watchers. */
  close?(): Promise<void> | void;
}

/** `scheme://host:port` of a proxy, without credentials; `direct://` for no proxy. */
export function describeRoute(route: ProxyRoute): string {
  return route.proxy === undefined ? 'direct://' : describeProxy(route.proxy);
}

/** `scheme://host:port` of a proxy, without credentials. */
export function describeProxy({ scheme, host, port }: ProxyServer): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
