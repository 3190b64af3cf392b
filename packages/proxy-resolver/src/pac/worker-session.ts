import { Worker } from 'node:worker_threads';
import type { NetError, PacAnswer, PacNetwork } from '@netloom/contracts';
import type { FromWorker, ToWorker, WorkerSettings } from './worker/protocol.js';

/** What a session needs of its program. */
export interface SessionOptions {
  readonly settings: WorkerSettings;
  readonly network: PacNetwork;
  readonly alert: (message: string) => void;
  /** Makes the error that a caller sees. */
  readonly failed: (message: string) => NetError;
  /** The script was proved to keep no state. */
  readonly onStateless: () => void;
  /** The script went beyond a limit; `fatal` says that this session is of no use any more. */
  readonly onBreach: (fatal: boolean) => void;
}

/** The session came to its end before this question was answered; another session may answer it. */
export class SessionEnded extends Error {}

interface Pending {
  readonly resolve: (answer: PacAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/** Time beyond a limit, in ms, after which a worker that does not stop its script by itself is ended. */
const GRACE = 2000;
/** The same for the start, which compiles the engine. */
const START_GRACE = 15_000;

/** One worker thread with one script. Ends the thread when it does not answer in time. */
export class WorkerSession {
  readonly #worker: Worker;
  readonly #options: SessionOptions;
  readonly #pending = new Map<number, Pending>();
  /** Messages that the worker still has to react to. */
  #turns = 0;
  #nextId = 0;
  #loading = true;
  #watchdog: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(file: string, options: SessionOptions) {
    this.#options = options;
    this.#worker = new Worker(file, {
      workerData: options.settings,
      // The thread needs nothing of the program's own switches and variables.
      execArgv: [],
      env: {},
      name: 'netloom-pac',
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) =>
      this.#end(this.#options.failed(`the engine's worker failed: ${error.message}`)),
    );
    this.#worker.on('exit', () => this.#end(new SessionEnded()));
  }

  async load(source: string): Promise<void> {
    await this.#request((id) => ({ type: 'load', id, source }));
    this.#loading = false;
  }

  find(url: string, host: string, signal?: AbortSignal): Promise<PacAnswer> {
    return this.#request((id) => ({ type: 'find', id, url, host }), signal);
  }

  forget(): void {
    if (!this.#closed) this.#worker.postMessage({ type: 'forget' } satisfies ToWorker);
  }

  close(): void {
    this.#end(new SessionEnded());
  }

  #request(message: (id: number) => ToWorker, signal?: AbortSignal): Promise<PacAnswer> {
    if (this.#closed) return Promise.reject(new SessionEnded());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#take(id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const done = () => signal?.removeEventListener('abort', onAbort);
      this.#pending.set(id, {
        resolve: (answer) => {
          done();
          resolve(answer);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      });
      this.#worker.ref();
      this.#send(message(id));
    });
  }

  #send(message: ToWorker): void {
    this.#turns += 1;
    this.#worker.postMessage(message);
    this.#watch();
  }

  #receive(message: FromWorker): void {
    if (message.type === 'stateless') {
      this.#options.onStateless();
      return;
    }
    this.#turns -= 1;
    this.#watch();
    if (message.type === 'ask') {
      void this.#answer(message);
      return;
    }
    for (const text of message.messages) this.#options.alert(text);
    const pending = this.#take(message.id);
    if (message.type === 'done') {
      pending?.resolve({ result: message.result, lookups: message.lookups });
      return;
    }
    pending?.reject(this.#options.failed(message.message));
    if (message.limit !== undefined) this.#options.onBreach(message.limit !== 'time');
  }

  async #answer({ question, queries }: Extract<FromWorker, { type: 'ask' }>): Promise<void> {
    const { network } = this.#options;
    const lookups = await Promise.all(
      queries.map(async ({ kind, host }) => ({ kind, host, ...(await network.query(kind, host)) })),
    );
    if (!this.#closed) this.#send({ type: 'answers', question, lookups });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    return pending;
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#turns === 0 || this.#closed) return;
    const { loadTime, runTime } = this.#options.settings.limits;
    const limit = this.#loading ? loadTime : runTime;
    this.#watchdog = setTimeout(
      () => {
        this.#options.onBreach(true);
        this.#end(this.#options.failed(`it was stopped after ${limit} ms`));
      },
      limit + (this.#loading ? START_GRACE : GRACE),
    ).unref();
  }

  #end(reason: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#watchdog);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#worker.removeAllListeners();
    // What a thread that is being ended still throws concerns nobody.
    this.#worker.on('error', () => undefined);
    void this.#worker.terminate();
  }
}
