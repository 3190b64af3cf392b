import { DIRECT, NoProxy, type ProxyRoute, parseProxyUrl } from '@netloom/contracts';

/** What the environment says about one URL. */
export interface EnvAnswer {
  readonly route: ProxyRoute;
  /** The variable or the entry of `no_proxy` that decided; undefined where none is set. */
  readonly rule: string | undefined;
}

/**
 * The proxies of the environment as command line tools read them: `http_proxy` in lower case only, because servers set
 * the other from a request's header; the rest in either case, lower case first. A web socket takes `ws_proxy` or
 * `wss_proxy`, else the variable of http or https; then `all_proxy`. Values are proxy URLs with credentials, which are
 * used for that proxy only.
 */
export class EnvProxies {
  readonly #values = new Map<string, ProxyRoute | TypeError>();
  readonly #noProxy: NoProxy;

  /** Reads the variables once. */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    for (const name of ['http', 'https', 'ftp', 'ws', 'wss', 'all']) {
      const upper = name === 'http' ? undefined : env[`${name.toUpperCase()}_PROXY`];
      const value = env[`${name}_proxy`] || upper;
      if (value) this.#values.set(`${name}_proxy`, readProxy(`${name}_proxy`, value));
    }
    this.#noProxy = NoProxy.parse(env.no_proxy || env.NO_PROXY || '');
  }

  /**
   * The way to a URL.
   *
   * @throws TypeError when the variable that decides holds no proxy URL; it does not repeat the value.
   */
  find(url: URL): EnvAnswer {
    const rule = variablesFor(url.protocol).find((name) => this.#values.has(name));
    if (rule === undefined) return { route: DIRECT, rule };
    const exception = this.#noProxy.match(url);
    if (exception !== undefined) return { route: DIRECT, rule: `no_proxy: ${exception}` };
    const route = this.#values.get(rule)!;
    if (route instanceof TypeError) throw route;
    return { route, rule };
  }
}

function variablesFor(protocol: string): readonly string[] {
  const scheme = protocol.slice(0, -1);
  const web = scheme === 'ws' ? ['http_proxy'] : scheme === 'wss' ? ['https_proxy'] : [];
  return [`${scheme}_proxy`, ...web, 'all_proxy'];
}

function readProxy(name: string, value: string): ProxyRoute | TypeError {
  try {
    return { proxy: parseProxyUrl(value) };
  } catch (error) {
    return new TypeError(`${name}: ${(error as Error).message}`);
  }
}
