import type { Clock, PacEngine, PacLimits } from '@netloom/contracts';
import { nodeHostResolver } from '../dns/node-host-resolver.js';
import type { ProxyResolverOptions } from '../options.js';
import type { AutoProxyContext } from './auto-proxy.js';
import { ScriptNetwork } from './network.js';
import { fullLimits } from './pac-limits.js';
import { quickJsEngine } from './quickjs-engine.js';

/** What the PAC scripts of one resolver share: the engine, the network that they ask, and the way they are fetched. */
export class PacWorld {
  readonly #options: ProxyResolverOptions;
  readonly #clock: Clock;
  readonly #platform: NodeJS.Platform;
  readonly #network: ScriptNetwork;
  readonly #alert: (script: string, message: string) => void;
  readonly #engine: PacEngine;
  readonly #limits: PacLimits;

  constructor(
    options: ProxyResolverOptions,
    clock: Clock,
    platform: NodeJS.Platform,
    alert: (script: string, message: string) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#platform = platform;
    this.#alert = alert;
    this.#network = new ScriptNetwork(options.hostResolver ?? nodeHostResolver, clock);
    this.#engine = options.pac?.engine ?? quickJsEngine();
    this.#limits = fullLimits(options.pac?.limits);
  }

  /** Forgets what the network answered. */
  forget(): void {
    this.#network.forget();
  }

  /** What an automatic configuration needs, with what its owner wants to hear. */
  context(owner: Pick<AutoProxyContext, 'changed' | 'problem'>): AutoProxyContext {
    const { pac = {}, hostResolver = nodeHostResolver, dhcpUrl } = this.#options;
    const clock = this.#clock;
    return {
      ...owner,
      hostResolver,
      clock,
      dhcpUrl:
        dhcpUrl ?? (async (signal) => (await import('../wpad/dhcp-url.js')).findDhcpUrl(this.#platform, clock, signal)),
      fetch: async (url, signal, background) => {
        const { fetchPac } = await import('./fetch/fetch-pac.js');
        return fetchPac(url, { hostResolver, clock, ca: pac.ca, allowFile: pac.allowFile, background, signal });
      },
      load: (text, name, signal) =>
        this.#engine.load(text, {
          name,
          network: this.#network,
          alert: (message) => this.#alert(name, message),
          preferEx: pac.preferEx,
          limits: this.#limits,
          signal,
        }),
    };
  }
}
