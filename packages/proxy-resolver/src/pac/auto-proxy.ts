import {
  type Clock,
  type ClockTimer,
  isNetError,
  NetError,
  type PacAnswer,
  type PacLookup,
  type ProxyRoute,
  parsePacResult,
} from '@netloom/contracts';
import { type DecidedScript, type DeciderContext, decidePac, type PacSources } from './decider.js';
import { pacHost, pacUrl } from './pac-url.js';
import { nextPoll } from './poll-policy.js';
import { RememberedAnswers } from './remembered-answers.js';

/** What an {@link AutoProxy} needs of its resolver. */
export interface AutoProxyContext extends Omit<DeciderContext, 'fetch'> {
  /** Fetches a script; in the background, it is no reason for the process to go on. */
  fetch(url: string, signal: AbortSignal, background: boolean): Promise<string>;
  /** The script in use came, went or changed. */
  changed(): void;
  /** Something went wrong that no caller hears of otherwise. */
  problem(error: NetError): void;
}

/** What the script said about a URL. */
export interface AutoAnswer {
  readonly routes: readonly ProxyRoute[];
  /** Where the script came from. */
  readonly source: string;
  /** What it returned. */
  readonly result: string;
  readonly lookups: readonly PacLookup[];
  /** Whether the answer was remembered from an earlier call. */
  readonly remembered: boolean;
}

/** The part of a configuration that finds proxies by a script: finds it, keeps it up to date, and runs it. */
export class AutoProxy {
  readonly #sources: PacSources;
  readonly #context: AutoProxyContext;
  readonly #clock: Clock;
  readonly #remembered: RememberedAnswers<AutoAnswer>;
  readonly #closing = new AbortController();
  #script: DecidedScript | undefined;
  #failure: unknown;
  #notes: readonly string[] = [];
  #decision: Promise<void> | undefined;
  #decided = false;
  #attempt = 0;
  #pollDue = Number.POSITIVE_INFINITY;
  #pollTimer: ClockTimer | undefined;

  constructor(sources: PacSources, context: AutoProxyContext) {
    this.#sources = sources;
    this.#context = context;
    this.#clock = context.clock;
    this.#remembered = new RememberedAnswers(context.clock);
  }

  /**
   * Whether there is a script to ask. Waits for the first decision only; a later one goes on in the background, while
   * the script of the one before is used.
   */
  async available(): Promise<boolean> {
    if (!this.#decided) await this.refresh();
    else if (this.#clock.now() >= this.#pollDue) void this.refresh(true);
    return this.#script !== undefined;
  }

  /** Why there is no script. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Why sources were passed over, at the last decision. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Where the script in use comes from; undefined for none. */
  get source(): string | undefined {
    return this.#script?.source;
  }

  /** What is remembered for this URL, without waiting. */
  recall(url: URL): AutoAnswer | undefined {
    if (this.#script === undefined || this.#clock.now() >= this.#pollDue) return undefined;
    return this.#remembered.get(pacUrl(url));
  }

  /**
   * Asks the script.
   *
   * @throws NetError when it fails on this URL.
   */
  async find(url: URL, signal: AbortSignal | undefined): Promise<AutoAnswer> {
    const script = this.#script;
    if (script === undefined) throw new NetError('ERR_FAILED', { detail: 'there is no PAC script' });
    const text = pacUrl(url);
    let answer: PacAnswer;
    try {
      answer = await script.program.find(text, pacHost(url), signal);
    } catch (error) {
      // A script that was replaced while it ran was closed; the new one is asked instead.
      if (script !== this.#script && this.#script !== undefined && !signal?.aborted) return this.find(url, signal);
      throw error;
    }
    const { result, lookups } = answer;
    const found = { routes: parsePacResult(result), source: script.source, result, lookups, remembered: false };
    if (script.program.stateless && script === this.#script) {
      const ttl = Math.min(...lookups.map((lookup) => lookup.ttl), Number.POSITIVE_INFINITY);
      this.#remembered.set(text, { ...found, remembered: true }, ttl);
    }
    return found;
  }

  /**
   * Looks for the script again, in the order of the sources.
   *
   * @param background - whether nobody waits for it.
   */
  refresh(background = false): Promise<void> {
    this.#decision ??= this.#decide(background).finally(() => {
      this.#decision = undefined;
    });
    return this.#decision;
  }

  /** Forgets what depends on the network. */
  forget(): void {
    this.#remembered.clear();
    this.#script?.program.forget();
  }

  close(): void {
    this.#closing.abort();
    this.#pollTimer?.cancel();
    this.#script?.program.close();
    this.#remembered.clear();
  }

  async #decide(background: boolean): Promise<void> {
    this.#pollTimer?.cancel();
    this.#pollDue = Number.POSITIVE_INFINITY;
    const { signal } = this.#closing;
    const notes: string[] = [];
    let script: DecidedScript | undefined;
    let failure: unknown;
    try {
      const context = this.#context;
      const fetch = (url: string, stop: AbortSignal) => context.fetch(url, stop, background);
      script = await decidePac(this.#sources, { ...context, fetch }, signal, this.#script, notes);
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) {
      if (script !== this.#script) script?.program.close();
      return;
    }
    this.#notes = notes;
    this.#failure = failure;
    if (isNetError(failure)) this.#context.problem(failure);
    this.#use(script);
    this.#schedule(script === undefined ? 'failure' : 'success');
  }

  #use(script: DecidedScript | undefined): void {
    const first = !this.#decided;
    const before = this.#script;
    this.#decided = true;
    if (script === before) return;
    this.#script = script;
    this.#attempt = 0;
    this.#remembered.clear();
    before?.program.close();
    if (!first) this.#context.changed();
  }

  #schedule(outcome: 'failure' | 'success'): void {
    this.#attempt += 1;
    const { delay, mode } = nextPoll(outcome, this.#attempt);
    if (mode === 'timer') this.#pollTimer = this.#clock.setTimeout(() => void this.refresh(true), delay);
    else this.#pollDue = this.#clock.now() + delay;
  }
}
