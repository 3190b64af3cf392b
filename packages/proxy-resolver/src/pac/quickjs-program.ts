import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { PacAnswer, PacLoadOptions, PacProgram } from '@netloom/contracts';
import { pacScriptFailed } from './pac-error.js';
import { fullLimits } from './pac-limits.js';
import type { QuickJsEngineOptions } from './quickjs-engine.js';
import { SessionEnded, WorkerSession } from './worker-session.js';

/** Limits reached in a row after which a script is not tried for a while. */
const MAX_BREACHES = 3;
const PAUSE = 60_000;

/** A script and the worker that it runs in; a worker that was given up is replaced when the script is needed again. */
export class QuickJsProgram implements PacProgram {
  readonly #source: string;
  readonly #options: PacLoadOptions;
  readonly #files: QuickJsEngineOptions;
  #session: Promise<WorkerSession> | undefined;
  #stateless = false;
  #breaches = 0;
  #pausedUntil = 0;
  #closed = false;

  constructor(source: string, options: PacLoadOptions, files: QuickJsEngineOptions) {
    this.#source = source;
    this.#options = options;
    this.#files = files;
  }

  get stateless(): boolean {
    return this.#stateless;
  }

  async start(): Promise<void> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const onAbort = () => this.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#current();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async find(url: string, host: string, signal?: AbortSignal): Promise<PacAnswer> {
    signal?.throwIfAborted();
    if (performance.now() < this.#pausedUntil) {
      throw this.#failed(`it went beyond its limits ${MAX_BREACHES} times in a row and is left alone for a minute`);
    }
    const answer = await this.#ask(url, host, signal).catch((error: unknown) => {
      // Another call of the script took the worker with it.
      if (error instanceof SessionEnded && !this.#closed) return this.#ask(url, host, signal);
      throw error;
    });
    this.#breaches = 0;
    return answer;
  }

  forget(): void {
    this.#session?.then(
      (session) => session.forget(),
      () => undefined, // A script that did not load has nothing to forget.
    );
  }

  close(): void {
    this.#closed = true;
    this.#giveUp();
  }

  async #ask(url: string, host: string, signal: AbortSignal | undefined): Promise<PacAnswer> {
    const session = await this.#current();
    try {
      return await session.find(url, host, signal);
    } catch (error) {
      if (this.#closed && error instanceof SessionEnded) throw this.#failed('it was closed');
      throw error;
    }
  }

  #current(): Promise<WorkerSession> {
    if (this.#closed) return Promise.reject(this.#failed('it is closed'));
    this.#session ??= this.#begin();
    return this.#session;
  }

  async #begin(): Promise<WorkerSession> {
    const { name, network, alert, preferEx = false, limits } = this.#options;
    const session = new WorkerSession(this.#files.workerFile ?? installedWorker(), {
      settings: { wasmFile: this.#files.wasmFile, preferEx, limits: fullLimits(limits) },
      network,
      alert,
      failed: (message) => pacScriptFailed(name, message),
      onStateless: () => {
        this.#stateless = true;
      },
      onBreach: (fatal) => this.#breached(fatal),
    });
    try {
      await session.load(this.#source);
      if (this.#closed) throw this.#failed('it is closed');
      return session;
    } catch (error) {
      session.close();
      this.#session = undefined;
      throw error;
    }
  }

  #breached(fatal: boolean): void {
    this.#breaches += 1;
    if (this.#breaches >= MAX_BREACHES) {
      this.#breaches = 0;
      this.#pausedUntil = performance.now() + PAUSE;
    }
    if (fatal) this.#giveUp();
  }

  #giveUp(): void {
    this.#session?.then(
      (session) => session.close(),
      () => undefined, // It did not load, and was closed by who loaded it.
    );
    this.#session = undefined;
  }

  #failed(message: string) {
    return pacScriptFailed(this.#options.name, message);
  }
}

/** Found by the package's own name, so that it is found from the sources, from the build and from within a bundle. */
function installedWorker(): string {
  const from = typeof __filename === 'string' ? __filename : join(process.cwd(), 'index.js');
  try {
    return createRequire(from).resolve('@netloom/proxy-resolver/pac-worker');
  } catch (error) {
    const advice = 'In a bundled program, name it with quickJsEngine({ workerFile, wasmFile })';
    throw pacScriptFailed('', `the engine's worker file was not found. ${advice}`, error);
  }
}
