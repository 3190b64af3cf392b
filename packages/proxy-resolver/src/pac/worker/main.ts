import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { PacLookup } from '@netloom/contracts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.js';
import type { Query } from './run.js';
import { LimitError } from './sandbox.js';
import { Script, type ScriptAnswer, ScriptError } from './script.js';

/** The worker thread's end: one script, and the conversation about it. */
class ScriptHost {
  readonly #port: MessagePort;
  readonly #settings: WorkerSettings;
  readonly #questions = new Map<number, (lookups: readonly PacLookup[]) => void>();
  #nextQuestion = 0;
  #script: Script | undefined;
  #source = '';
  #analysed = false;

  constructor(port: MessagePort, settings: WorkerSettings) {
    this.#port = port;
    this.#settings = settings;
    port.on('message', (message: ToWorker) => this.#receive(message));
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case 'load':
        this.#source = message.source;
        void this.#reply(message.id, this.#load());
        break;
      case 'find':
        void this.#reply(message.id, this.#find(message.url, message.host));
        break;
      case 'answers':
        this.#questions.get(message.question)?.(message.lookups);
        this.#questions.delete(message.question);
        break;
      case 'forget':
        this.#script?.forget();
        break;
    }
  }

  async #load(): Promise<ScriptAnswer> {
    const { wasmFile, preferEx, limits } = this.#settings;
    const file = wasmFile ?? fileURLToPath(import.meta.resolve('quickjs-wasi/quickjs.wasm'));
    const wasm = await WebAssembly.compile(await readFile(file));
    const ask = (queries: readonly Query[]) => this.#ask(queries);
    const { script, messages } = await Script.load(this.#source, { wasm, preferEx, ...limits, ask });
    this.#script = script;
    return { result: '', lookups: [], messages };
  }

  async #find(url: string, host: string): Promise<ScriptAnswer> {
    if (this.#script === undefined) throw new ScriptError('it is not loaded', []);
    const answer = await this.#script.find(url, host);
    if (!this.#analysed) {
      this.#analysed = true;
      setImmediate(() => void this.#analyse());
    }
    return answer;
  }

  /** Done after the first answer, so that nobody waits for the proof. */
  async #analyse(): Promise<void> {
    const { keepsNoState } = await import('./stateless/keeps-no-state.js');
    if (!(await keepsNoState(this.#source))) return;
    this.#script?.keepsNoState();
    this.#send({ type: 'stateless' });
  }

  #ask(queries: readonly Query[]): Promise<readonly PacLookup[]> {
    const question = this.#nextQuestion++;
    return new Promise((resolve) => {
      this.#questions.set(question, resolve);
      this.#send({ type: 'ask', question, queries });
    });
  }

  async #reply(id: number, answer: Promise<ScriptAnswer>): Promise<void> {
    try {
      this.#send({ type: 'done', id, ...(await answer) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const messages = error instanceof ScriptError ? error.messages : [];
      this.#send({ type: 'failed', id, message, messages, limit: limitOf(error) });
    }
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

/** An error that is not the script's own leaves the machine in doubt, as running out of memory does. */
function limitOf(error: unknown): 'time' | 'memory' | 'stack' | undefined {
  if (error instanceof ScriptError) return undefined;
  return error instanceof LimitError ? error.limit : 'memory';
}

if (parentPort === null) throw new Error('This file runs as a worker thread only');
new ScriptHost(parentPort, workerData as WorkerSettings);
