import {
  DIRECT,
  formatPacResult,
  type ProxyResolver,
  parseUrl,
  type Resolution,
  type ResolveOptions,
} from '@netloom/contracts';
import type { ConfiguredProxyResolver, ProxyResolverOptions } from '@netloom/proxy-resolver';
import { electronError } from '../errors.js';
import { checkProxyConfig, type ProxyConfig } from './proxy-config.js';

const WITHOUT_PROXY: Resolution = { routes: [DIRECT], why: { source: 'direct' }, settle: () => undefined };

/** The proxies of a session. What finds them is loaded with the first question that needs it. */
export class Proxies implements ProxyResolver {
  readonly #options: ProxyResolverOptions;
  #config: ProxyConfig;
  #loading: Promise<ConfiguredProxyResolver> | undefined;
  #resolver: ConfiguredProxyResolver | undefined;

  /** @throws as {@link checkProxyConfig} does. */
  constructor(config: ProxyConfig, options: ProxyResolverOptions = {}) {
    this.#config = checkProxyConfig(config);
    this.#options = options;
  }

  /** In effect for the next question. @throws as {@link checkProxyConfig} does; the configuration is then as before. */
  set(config: ProxyConfig): void {
    this.#config = checkProxyConfig(config);
    // One that could not be loaded has told so to whoever asked.
    this.#loading?.then(
      (resolver) => resolver.close(),
      () => undefined,
    );
    this.#loading = undefined;
    this.#resolver = undefined;
  }

  /** The routes to a URL. @throws as the resolver of `@netloom/proxy-resolver` does. */
  resolve(url: URL, options?: ResolveOptions): Promise<Resolution> {
    const resolver = this.#resolver;
    if (resolver !== undefined) {
      return resolver.resolve(url, options).catch((error: unknown) => {
        // It was closed because other proxies were set meanwhile.
        if (resolver !== this.#resolver) return this.resolve(url, options);
        throw error;
      });
    }
    return this.#config.mode === 'direct' ? Promise.resolve(WITHOUT_PROXY) : this.#resolveLater(url, options);
  }

  /** The same where nothing has to be loaded, read or evaluated for it. */
  resolveNow(url: URL): Resolution | undefined {
    if (this.#resolver !== undefined) return this.#resolver.resolveNow(url);
    return this.#config.mode === 'direct' ? WITHOUT_PROXY : undefined;
  }

  /** The proxies for a URL as a PAC script would name them. */
  async describe(url: string): Promise<string> {
    const parsed = parseUrl(url);
    if (parsed === undefined) throw new TypeError('`url` should be a URL');
    const { routes } = await this.resolve(parsed).catch((error: unknown) => {
      throw electronError(error);
    });
    return formatPacResult(routes);
  }

  /** Reads the system's settings and the PAC script again, and forgets which proxies failed. */
  async reload(): Promise<void> {
    await (await this.#loading)?.reload();
  }

  async #resolveLater(url: URL, options?: ResolveOptions): Promise<Resolution> {
    this.#loading ??= this.#load();
    const loading = this.#loading;
    const resolver = await loading;
    if (loading === this.#loading) this.#resolver = resolver;
    return this.resolve(url, options);
  }

  async #load(): Promise<ConfiguredProxyResolver> {
    const config = this.#config;
    const { createProxyResolver } = await import('@netloom/proxy-resolver');
    return createProxyResolver(config, this.#options);
  }
}
