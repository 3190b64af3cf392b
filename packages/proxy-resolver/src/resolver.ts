import { EventEmitter } from 'node:events';
import {
  applyProxyRules,
  type Clock,
  DIRECT,
  type Explanation,
  HostRules,
  isNetError,
  NetError,
  type ProxyResolver,
  type ProxyRoute,
  type ResolveOptions,
  systemClock,
} from '@netloom/contracts';
import { checkConfig, type ProxyConfig } from './config.js';
import { EnvProxies } from './env/env-proxies.js';
import { BadProxies } from './fallback/bad-proxies.js';
import { keepingAlive, orAborted } from './keep-alive.js';
import { NetworkMonitor } from './network-monitor.js';
import type { ProxyResolverOptions } from './options.js';
import { type AutoAnswer, AutoProxy } from './pac/auto-proxy.js';
import { PacWorld } from './pac/pac-world.js';
import { NETWORK_CHANGE_DELAY } from './pac/poll-policy.js';
import { describeLookups, ProxyResolution } from './resolution.js';
import { type ProxySettings, sameSettings } from './system/settings.js';
import { SettingsTracker } from './system/settings-tracker.js';

/** What a {@link ConfiguredProxyResolver} tells. */
export interface ProxyResolverEvents {
  /** The settings, or the PAC script in use, are others than before. */
  change: [{ readonly source: string }];
  /** A PAC script called `alert`. */
  alert: [{ readonly script: string; readonly message: string }];
  /** A PAC script could not be had or failed, or settings could not be read; requests went on without. */
  problem: [NetError];
}

/** The settings in effect, and what follows from them. */
interface State {
  readonly settings: ProxySettings;
  readonly auto: AutoProxy | undefined;
}

const IMPLICIT: Readonly<Record<'win32' | 'posix', HostRules>> = {
  win32: HostRules.parse('', { loopbackName: true }),
  posix: HostRules.parse(''),
};

/** Finds the routes to URLs as a configuration says. Made by {@link createProxyResolver}. */
export class ConfiguredProxyResolver extends EventEmitter<ProxyResolverEvents> implements ProxyResolver {
  readonly #clock: Clock;
  readonly #readEnv: () => EnvProxies | undefined;
  readonly #tracker: SettingsTracker | undefined;
  readonly #implicit: HostRules;
  readonly #mandatory: boolean;
  readonly #bad: BadProxies;
  readonly #monitor: NetworkMonitor;
  readonly #world: PacWorld;
  #env: EnvProxies | undefined;
  #state: State | undefined;
  #reading: Promise<void> | undefined;
  #stall: Promise<void> | undefined;
  #closed = false;

  /** @internal */
  constructor(config: ProxyConfig, options: ProxyResolverOptions) {
    super();
    const { clock = systemClock, env = process.env, platform = process.platform, settingsReader: reader } = options;
    const checked = checkConfig(config, platform);
    this.#clock = clock;
    this.#implicit = platform === 'win32' ? IMPLICIT.win32 : IMPLICIT.posix;
    this.#mandatory = config.pacMandatory ?? false;
    this.#bad = new BadProxies(clock);
    this.#monitor = new NetworkMonitor(clock, options.networkSignature);
    this.#world = new PacWorld(options, clock, platform, (script, message) => this.emit('alert', { script, message }));
    this.#readEnv = () => (checked === 'env' ? new EnvProxies(env) : undefined);
    this.#env = this.#readEnv();
    if (checked === 'env') return;
    const changed = () => this.#readInBackground();
    this.#tracker = new SettingsTracker(checked, { platform, env, clock, reader, changed });
    if (checked !== 'system') this.#state = this.#stateOf(checked);
  }

  /**
   * The routes to a URL, the best first.
   *
   * @throws NetError `ERR_MANDATORY_PROXY_CONFIGURATION_FAILED` when a mandatory PAC script is not to be had or failed,
   * `ERR_NO_SUPPORTED_PROXIES` when the rules name no usable proxy, `ERR_INVALID_ARGUMENT` when the variable of mode
   * `env` that decides holds no proxy URL, `ERR_CONTEXT_SHUT_DOWN` after `close()`; the reason of the signal when that
   * was aborted and the answer has to be waited for.
   */
  async resolve(url: URL, options: ResolveOptions = {}): Promise<ProxyResolution> {
    const known = this.resolveNow(url);
    if (known !== undefined) return known;
    // A signal may be made only when it is asked for, which costs more than most answers.
    const { signal } = options;
    signal?.throwIfAborted();
    return keepingAlive(this.#resolveLater(url, signal));
  }

  /**
   * The same where nothing has to be read, fetched or evaluated for it; undefined otherwise.
   *
   * @throws as {@link ConfiguredProxyResolver.resolve} rejects.
   */
  resolveNow(url: URL): ProxyResolution | undefined {
    if (!(url instanceof URL))
      throw new TypeError('resolve() takes a URL object, such as new URL("https://example.com/")');
    if (this.#closed) throw new NetError('ERR_CONTEXT_SHUT_DOWN', { url, detail: 'the proxy resolver is closed' });
    this.#lookAround();
    return this.#known(url);
  }

  /**
   * Reads all settings again, looks for the PAC script again, and forgets which proxies failed.
   *
   * @throws what reading the system's settings throws.
   */
  async reload(): Promise<void> {
    if (this.#closed) return;
    this.#env = this.#readEnv();
    this.#bad.clear();
    await keepingAlive(this.#read(true));
  }

  /**
   * To be called when the machine's network has changed, where that is known earlier than this resolver notices it.
   * Forgets what depended on the network; PAC scripts are looked for again after two seconds, until when requests that
   * need them wait.
   */
  networkChanged(): void {
    if (this.#closed) return;
    this.#bad.clear();
    this.#world.forget();
    this.#state?.auto?.forget();
    if (this.#state?.auto === undefined) {
      if (this.#state !== undefined) this.#readInBackground();
      return;
    }
    this.#stall ??= new Promise<void>((resolve) => {
      this.#clock.setTimeout(() => {
        this.#stall = undefined;
        this.#read(true, true).then(resolve, resolve);
      }, NETWORK_CHANGE_DELAY);
    });
  }

  /** Ends the PAC engine and all watching. Requests that wait reject. */
  close(): void {
    this.#closed = true;
    this.#tracker?.close();
    this.#state?.auto?.close();
  }

  /** Notices changes that nothing tells; costs next to nothing. */
  #lookAround(): void {
    if (this.#monitor.hasChanged()) this.networkChanged();
    if (this.#tracker?.due) this.#readInBackground();
  }

  /** The answer where nobody has to be asked for it. */
  #known(url: URL): ProxyResolution | undefined {
    if (this.#tracker === undefined) return this.#byEnvironment(url);
    const state = this.#state;
    if (state === undefined) return undefined;
    if (state.auto === undefined) return this.#byRules(url, state.settings, state.settings.notes);
    // Scripts are not asked about the machine itself, so there is nothing to remember of it either.
    const recalled = this.#stall === undefined ? state.auto.recall(url) : undefined;
    if (recalled !== undefined) return this.#byScript(url, recalled);
    if (!this.#implicit.matches(url)) return undefined;
    return this.#answer(url, [DIRECT], { source: state.settings.source, rule: 'implicit bypass' });
  }

  async #resolveLater(url: URL, signal: AbortSignal | undefined): Promise<ProxyResolution> {
    for (;;) {
      if (this.#state === undefined) await orAborted(this.#read(false), signal);
      if (this.#stall !== undefined) await orAborted(this.#stall, signal);
      if (this.#closed) throw new NetError('ERR_CONTEXT_SHUT_DOWN', { url, detail: 'the proxy resolver is closed' });
      const known = this.#known(url);
      if (known !== undefined) return known;
      const state = this.#state;
      if (state?.auto === undefined) continue;
      try {
        if (!(await orAborted(state.auto.available(), signal))) throw state.auto.failure;
        return this.#byScript(url, await state.auto.find(url, signal));
      } catch (error) {
        signal?.throwIfAborted();
        // Other settings came meanwhile.
        if (state !== this.#state && !this.#closed) continue;
        return this.#withoutScript(url, state.settings, state.auto, error);
      }
    }
  }

  /** What happens when there is no script, or it failed on this URL. */
  #withoutScript(url: URL, settings: ProxySettings, auto: AutoProxy, error: unknown): ProxyResolution {
    if (this.#closed) throw new NetError('ERR_CONTEXT_SHUT_DOWN', { url, detail: 'the proxy resolver is closed' });
    const reason = isNetError(error) ? (error.detail ?? error.code) : String(error);
    if (this.#mandatory) {
      throw new NetError('ERR_MANDATORY_PROXY_CONFIGURATION_FAILED', { url, detail: reason, cause: error });
    }
    if (auto.source === undefined) return this.#byRules(url, settings, [...settings.notes, ...auto.notes]);
    if (isNetError(error)) this.emit('problem', error);
    return this.#answer(url, [DIRECT], { source: auto.source, notes: [reason, 'the script failed: direct'] });
  }

  #byScript(url: URL, { routes, source, result, lookups, remembered }: AutoAnswer): ProxyResolution {
    const dns = describeLookups(lookups);
    return this.#answer(url, routes, {
      source,
      rule: result,
      dns,
      notes: remembered ? ['remembered answer'] : undefined,
    });
  }

  #byRules(url: URL, settings: ProxySettings, notes: readonly string[]): ProxyResolution {
    const { routes, bypassed, rule } = applyProxyRules(settings.rules, url, settings.bypass);
    return this.#answer(url, routes, {
      source: settings.source,
      rule: bypassed ? `bypass: ${rule}` : rule,
      ...(notes.length > 0 && { notes }),
    });
  }

  #byEnvironment(url: URL): ProxyResolution {
    try {
      const { route, rule } = this.#env!.find(url);
      return this.#answer(url, [route], { source: 'environment variables', rule });
    } catch (error) {
      throw new NetError('ERR_INVALID_ARGUMENT', { url, detail: (error as Error).message });
    }
  }

  #answer(url: URL, routes: readonly ProxyRoute[], why: Explanation): ProxyResolution {
    const ordered = this.#bad.order(routes);
    if (ordered.routes.length === 0) {
      throw new NetError('ERR_NO_SUPPORTED_PROXIES', { url, detail: `${why.source}: no usable proxy is named` });
    }
    return new ProxyResolution(ordered.routes, ordered.bad.length > 0 ? { ...why, bad: ordered.bad } : why, this.#bad);
  }

  /**
   * Reads the settings, and puts them into effect where they have changed.
   *
   * @param refresh - whether to look for the script again also where they have not.
   */
  async #read(refresh: boolean, background = false): Promise<void> {
    if (this.#tracker === undefined || this.#closed) return;
    this.#reading ??= this.#apply(this.#tracker).finally(() => {
      this.#reading = undefined;
    });
    const before = this.#state?.auto;
    await this.#reading;
    const auto = this.#state?.auto;
    if (refresh && auto !== undefined && auto === before) {
      this.#world.forget();
      auto.forget();
      await auto.refresh(background);
    }
  }

  /** Nobody waits for these settings: where they cannot be read, those from before stay. */
  #readInBackground(): void {
    this.#read(false).catch((error: unknown) => {
      if (this.#closed) return;
      const detail = 'the settings of the system could not be read';
      this.emit('problem', isNetError(error) ? error : new NetError('ERR_FAILED', { detail, cause: error }));
    });
  }

  async #apply(tracker: SettingsTracker): Promise<void> {
    const settings = await tracker.read();
    const before = this.#state;
    if (this.#closed || (before !== undefined && sameSettings(before.settings, settings))) return;
    this.#state = this.#stateOf(settings);
    before?.auto?.close();
    if (before === undefined) return;
    this.#bad.clear();
    this.emit('change', { source: settings.source });
  }

  #stateOf(settings: ProxySettings): State {
    const { autoDetect, pacUrl, source } = settings;
    if (!autoDetect && pacUrl === undefined) return { settings, auto: undefined };
    const auto: AutoProxy = new AutoProxy(
      { autoDetect, pacUrl },
      this.#world.context({
        changed: () => {
          this.#bad.clear();
          this.emit('change', { source: auto.source ?? source });
        },
        problem: (error) => this.emit('problem', error),
      }),
    );
    return { settings, auto };
  }
}
