import { Intrinsics, JSException, type JSValueHandle, QuickJS, type QuickJSOptions, type Snapshot } from 'quickjs-wasi';
import { PAC_LIBRARY } from './library.js';

/** The ways out of a sandbox. */
export interface SandboxHost {
  /** The answer to a question; undefined when no more may be asked in this run. */
  query(kind: string, host: string): string | null | undefined;
  log(message: string): void;
}

/** How a sandbox is made. */
export interface SandboxOptions {
  /** The compiled `quickjs.wasm`. */
  readonly wasm: WebAssembly.Module;
  readonly host: SandboxHost;
  /** Bytes of the script's heap. */
  readonly memory: number;
  /** Milliseconds since 1970 that `Date` reads. Default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}

/** What a PAC function returned, or in words why it did not. */
export type Outcome = { readonly result: string } | { readonly error: string };

/** A limit was reached. Unless it was the time, the sandbox is not fit for use any more. */
export class LimitError extends Error {
  readonly limit: 'time' | 'memory' | 'stack';

  constructor(limit: 'time' | 'memory' | 'stack', message: string) {
    super(message);
    this.limit = limit;
  }
}

// All that ECMAScript has, and nothing of what browsers add to it.
const ECMASCRIPT =
  Intrinsics.DATE |
  Intrinsics.EVAL |
  Intrinsics.REGEXP |
  Intrinsics.JSON |
  Intrinsics.PROXY |
  Intrinsics.MAP_SET |
  Intrinsics.TYPED_ARRAYS |
  Intrinsics.PROMISE |
  Intrinsics.BIG_INT |
  Intrinsics.WEAK_REF;

/** Bytes of C stack, a quarter of what there is: deep recursion becomes a RangeError of the script in time. */
const STACK = 256 * 1024;

/** Bytes that the machine gets to spare from the start, so that a saved state can mostly be restored in place. */
const SPARE = 256 * 1024;

/** Characters of a host name or message that are taken out of the sandbox; more than any DNS name has. */
const MAX_TEXT = 4096;

/** One virtual machine with the PAC functions and one script. Nothing but text crosses its border. */
export class Sandbox {
  readonly #options: SandboxOptions;
  #vm!: QuickJS;
  #memory!: WebAssembly.Memory;
  #driver!: JSValueHandle;
  #driverToken = 0;
  #image: Snapshot | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #interrupted = false;

  private constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Makes a machine with the PAC functions and without a script. */
  static async create(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    const vm = await QuickJS.create(sandbox.#machineOptions());
    sandbox.#use(vm);
    const query = vm.newFunction('query', (kind, host) => sandbox.#query(kind, host));
    const log = vm.newFunction('log', (message) => sandbox.#log(message));
    const library = vm.evalCode(PAC_LIBRARY, 'library.js');
    sandbox.#driver = library.consume((define) => vm.callFunction(define, vm.undefined, query, log));
    sandbox.#driverToken = vm.exportHandle(sandbox.#driver);
    vm.newArrayBuffer(new Uint8Array(SPARE).buffer).dispose();
    return sandbox;
  }

  /** Runs the top level of a script, for at most `ms` milliseconds. An empty result says that it is fit for use. */
  load(script: string, ms: number): Outcome {
    return this.#guard(ms, () => {
      try {
        this.#vm.evalCode(script, 'proxy.pac').dispose();
      } catch (error) {
        if (!(error instanceof JSException) || this.#interrupted || isOutOfMemory(error)) throw error;
        const line = /proxy\.pac:(\d+)/.exec(error.stack ?? '')?.[1];
        const { name, message } = error;
        error.dispose();
        return { error: `${line === undefined ? '' : `line ${line}: `}${name}: ${message}`.slice(0, MAX_TEXT) };
      }
      return this.#invoke('plain');
    });
  }

  /** Calls the script's function, for at most `ms` milliseconds. */
  find(url: string, host: string, preferEx: boolean, ms: number): Outcome {
    return this.#guard(ms, () => this.#invoke(preferEx ? 'ex' : 'plain', url, host));
  }

  /** Keeps the machine's state, to return to. The state kept before is forgotten. */
  save(): void {
    const { buffer } = this.#memory;
    if (this.#image !== undefined && this.#image.memory.length === buffer.byteLength) {
      this.#image.memory.set(new Uint8Array(buffer));
    } else {
      this.#image = this.#vm.snapshot();
    }
  }

  /**
   * Returns to the saved state: in place, or, where the machine's memory has grown since and cannot shrink, in a new
   * machine. Nothing else may be called until it is done.
   */
  async restore(): Promise<void> {
    const image = this.#image;
    if (image === undefined) throw new Error('No state was saved');
    const { buffer } = this.#memory;
    if (buffer.byteLength === image.memory.length) {
      new Uint8Array(buffer).set(image.memory);
      return;
    }
    this.#vm.dispose();
    const vm = await QuickJS.restore(image, this.#machineOptions());
    vm.registerHostCallback('query', (kind, host) => this.#query(kind, host));
    vm.registerHostCallback('log', (message) => this.#log(message));
    this.#driver = vm.importHandle(this.#driverToken);
    this.#use(vm);
  }

  /** Bytes that the machine occupies. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  dispose(): void {
    this.#vm.dispose();
    this.#image = undefined;
  }

  #use(vm: QuickJS): void {
    this.#vm = vm;
    // These are cells in the machine's memory, made on first use: after a restore, one made since would be lost.
    void [vm.null, vm.undefined];
  }

  #machineOptions(): QuickJSOptions {
    const { wasm, memory, now = Date.now } = this.#options;
    return {
      wasm,
      intrinsics: ECMASCRIPT,
      memoryLimit: memory,
      maxStackSize: STACK,
      interruptHandler: () => {
        this.#interrupted ||= performance.now() > this.#deadline;
        return this.#interrupted;
      },
      wasi: (memory) => {
        this.#memory = memory;
        return {
          clock_time_get(_clock: number, _precision: bigint, result: number) {
            new DataView(memory.buffer).setBigUint64(result, BigInt(Math.trunc(now())) * 1_000_000n, true);
            return 0;
          },
          // A script has nothing to write to the program's own output.
          fd_write: () => 0,
        };
      },
    };
  }

  #guard(ms: number, run: () => Outcome): Outcome {
    this.#interrupted = false;
    this.#deadline = performance.now() + ms;
    let outcome: Outcome;
    try {
      outcome = run();
    } catch (error) {
      if (this.#interrupted) throw new LimitError('time', `it was stopped after ${ms} ms`);
      if (isOutOfMemory(error)) throw this.#outOfMemory();
      if (!(error instanceof JSException)) throw new LimitError('stack', 'it went too deep');
      outcome = { error: error.message };
    } finally {
      this.#deadline = Number.POSITIVE_INFINITY;
    }
    if ('error' in outcome && /\bout of memory$/.test(outcome.error)) throw this.#outOfMemory();
    return outcome;
  }

  #invoke(...args: readonly string[]): Outcome {
    const vm = this.#vm;
    const text = vm.withScope(() => {
      const handles = args.map((arg) => vm.newString(arg));
      return vm.callFunction(this.#driver, vm.undefined, ...handles).toString();
    });
    return text.startsWith('=') ? { result: text.slice(1) } : { error: text.slice(1, MAX_TEXT) };
  }

  #outOfMemory(): LimitError {
    return new LimitError('memory', `it needed more than ${Math.round(this.#options.memory / 1024 / 1024)} MiB`);
  }

  #query(kind: JSValueHandle | undefined, host: JSValueHandle | undefined): JSValueHandle {
    const answer = this.#options.host.query(readText(kind), readText(host));
    if (answer === undefined) return this.#vm.undefined;
    return answer === null ? this.#vm.null : this.#vm.newString(answer);
  }

  #log(message: JSValueHandle | undefined): JSValueHandle {
    this.#options.host.log(readText(message));
    return this.#vm.undefined;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /out of memory|malloc failed/.test(error.message);
}

/** A text of the sandbox, without running code of the sandbox. */
function readText(handle: JSValueHandle | undefined): string {
  if (!handle?.isString) return '';
  const length = handle.getProp('length').consume((value) => value.toNumber());
  return length > MAX_TEXT ? `(${length} characters)` : handle.toString();
}
