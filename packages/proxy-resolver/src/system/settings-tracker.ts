import type { Clock } from '@netloom/contracts';
import type { CheckedConfig } from '../config.js';
import type { Environment } from './linux/environment.js';
import { type ProxySettings, type SettingsReader, settings } from './settings.js';
import { FolderWatcher } from './watcher.js';

/** What a {@link SettingsTracker} needs of its resolver. */
export interface TrackerContext {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly clock: Clock;
  readonly reader: SettingsReader | undefined;
  /** The settings may have changed, and should be read again. */
  changed(): void;
}

/** Gives the settings that a configuration stands for, and follows those of the system. */
export class SettingsTracker {
  readonly #config: Exclude<CheckedConfig, 'env'>;
  readonly #context: TrackerContext;
  #reader: SettingsReader | undefined;
  #watcher: FolderWatcher | undefined;
  #nextPoll = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(config: Exclude<CheckedConfig, 'env'>, context: TrackerContext) {
    this.#config = config;
    this.#context = context;
  }

  /** The settings now. The first call begins to follow those of the system. */
  async read(): Promise<ProxySettings> {
    if (this.#config !== 'system') return this.#config;
    this.#reader ??= await this.#follow();
    if (this.#reader.pollInterval !== undefined) this.#nextPoll = this.#context.clock.now() + this.#reader.pollInterval;
    return (await this.#reader.read()) ?? settings('system: no proxy settings');
  }

  /** Whether it is time to look for changes that nothing tells. */
  get due(): boolean {
    return this.#context.clock.now() >= this.#nextPoll;
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
  }

  async #follow(): Promise<SettingsReader> {
    const { platform, env, clock, changed } = this.#context;
    const reader = this.#context.reader ?? (await (await import('./reader.js')).systemReader(platform, env));
    if (!this.#closed) this.#watcher ??= new FolderWatcher(reader.watched, clock, changed);
    return reader;
  }
}
