import type { PacLookup, PacQueryKind } from '@netloom/contracts';
import { lookupKey, type Query, Run } from './run.js';
import { LimitError, type Outcome, Sandbox } from './sandbox.js';

/** How a {@link Script} is run. Times in ms, memory in bytes. */
export interface ScriptOptions {
  readonly wasm: WebAssembly.Module;
  readonly preferEx: boolean;
  readonly loadTime: number;
  readonly runTime: number;
  readonly memory: number;
  readonly lookups: number;
  /** Asks the network. Never rejects. */
  readonly ask: (queries: readonly Query[]) => Promise<readonly PacLookup[]>;
  /** Milliseconds since 1970, for the script and for the age of answers. Default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}

/** What a run brought. */
export interface ScriptAnswer {
  readonly result: string;
  readonly lookups: readonly PacLookup[];
  readonly messages: readonly string[];
}

/** The script failed by itself; it may succeed the next time. */
export class ScriptError extends Error {
  readonly messages: readonly string[];

  constructor(message: string, messages: readonly string[]) {
    super(message);
    this.messages = messages;
  }
}

/** The run whose pass is under way. */
interface Current {
  run: Run | undefined;
}

// Without any of these words a script has no way to a function that asks the network.
const MAY_ASK = /dnsResolve|isResolvable|isInNet|myIpAddress|eval|Function|constructor|this|global|\\/;

/**
 * A PAC script in a sandbox. It runs synchronously: a question without an answer yet is noted and answered with null,
 * the run's result thrown away and the machine put back to where it was; then all questions are asked at once, and the
 * script runs again.
 */
export class Script {
  readonly #sandbox: Sandbox;
  readonly #current: Current;
  readonly #options: ScriptOptions;
  readonly #now: () => number;
  readonly #remembered = new Map<string, PacLookup & { readonly until: number }>();
  #restoring: Promise<void> | undefined;
  #rollsBack: boolean;

  private constructor(source: string, sandbox: Sandbox, current: Current, options: ScriptOptions) {
    this.#sandbox = sandbox;
    this.#current = current;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#rollsBack = MAY_ASK.test(source);
  }

  /**
   * Runs the top level of a script.
   *
   * @throws ScriptError when it fails, LimitError when it goes beyond a limit.
   */
  static async load(source: string, options: ScriptOptions): Promise<{ script: Script; messages: readonly string[] }> {
    const current: Current = { run: undefined };
    const host = {
      query: (kind: string, name: string) => current.run?.query(kind as PacQueryKind, name),
      log: (message: string) => current.run?.log(message),
    };
    const { wasm, memory, now, loadTime } = options;
    const sandbox = await Sandbox.create({ wasm, memory, now, host });
    const script = new Script(source, sandbox, current, options);
    const { messages } = await script.#passes(loadTime, (ms) => sandbox.load(source, ms));
    return { script, messages };
  }

  /**
   * Calls the script's function.
   *
   * @throws ScriptError when it fails, LimitError when it goes beyond a limit.
   */
  find(url: string, host: string): Promise<ScriptAnswer> {
    const { preferEx, runTime } = this.#options;
    return this.#passes(runTime, (ms) => this.#sandbox.find(url, host, preferEx, ms));
  }

  /** To be called when the script is known to keep no state: then a pass cannot leave a trace. */
  keepsNoState(): void {
    this.#rollsBack = false;
  }

  /** Forgets what the network answered. */
  forget(): void {
    this.#remembered.clear();
  }

  /** Bytes that the script's machine occupies. */
  get size(): number {
    return this.#sandbox.size;
  }

  async #passes(limit: number, pass: (ms: number) => Outcome): Promise<ScriptAnswer> {
    const run = new Run(this.#options.lookups, (key) => this.#recall(key));
    // Passes that come to nothing may take as much time again as the one that counts.
    let left = limit * 2;
    for (;;) {
      while (this.#restoring !== undefined) await this.#restoring;
      const start = performance.now();
      const outcome = this.#pass(run, () => pass(Math.max(1, Math.ceil(Math.min(limit, left)))));
      left -= performance.now() - start;
      if (run.missing.length === 0) return finish(outcome, run);
      if (outcome instanceof LimitError && (outcome.limit !== 'time' || left <= 0)) throw outcome;
      await this.#rollBack();
      for (const lookup of await this.#options.ask(run.missing)) {
        run.answer(lookup);
        if (lookup.ttl > 0) this.#remember(lookup);
      }
    }
  }

  #pass(run: Run, pass: () => Outcome): Outcome | LimitError {
    if (this.#rollsBack) this.#sandbox.save();
    run.beginPass();
    this.#current.run = run;
    try {
      return pass();
    } catch (error) {
      if (error instanceof LimitError) return error;
      throw error;
    } finally {
      this.#current.run = undefined;
    }
  }

  async #rollBack(): Promise<void> {
    if (!this.#rollsBack) return;
    this.#restoring = this.#sandbox.restore();
    try {
      await this.#restoring;
    } finally {
      this.#restoring = undefined;
    }
  }

  #remember(lookup: PacLookup): void {
    if (this.#remembered.size >= 1000) this.#remembered.clear();
    this.#remembered.set(lookupKey(lookup), { ...lookup, until: this.#now() + lookup.ttl });
  }

  #recall(key: string): PacLookup | undefined {
    const found = this.#remembered.get(key);
    const left = found === undefined ? 0 : found.until - this.#now();
    if (found === undefined || left > found.ttl) return undefined;
    if (left > 0) return { kind: found.kind, host: found.host, value: found.value, ttl: left };
    this.#remembered.delete(key);
    return undefined;
  }
}

function finish(outcome: Outcome | LimitError, run: Run): ScriptAnswer {
  if (outcome instanceof LimitError) throw outcome;
  if ('error' in outcome) throw new ScriptError(outcome.error, run.messages);
  const { result } = outcome;
  if (/[^\0-\x7f]/.test(result)) throw new ScriptError('FindProxyForURL() returned a non-ASCII string.', run.messages);
  return { result, lookups: run.lookups, messages: run.messages };
}
