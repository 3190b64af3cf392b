import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type PacAnswer,
  type PacEngine,
  type PacLoadOptions,
  type PacLookup,
  type PacProgram,
  type PacQueryKind,
  parseIp,
} from '@netloom/contracts';
import { pacScriptFailed } from './pac-error.js';
import { fullLimits } from './pac-limits.js';

/** Where the package is found. */
export interface PacResolverEngineOptions {
  /**
   * A file or folder of the program, from which `pac-resolver` (and `quickjs-wasi`, which that needs) is looked up.
   * Default: this package, then the working directory.
   */
  readonly from?: string | undefined;
}

/**
 * The engine of the package `pac-resolver` 9, which has to be installed beside this one: a second opinion, and a way back
 * for programs that come from it. It rewrites scripts into asynchronous functions, which changes some: functions that
 * ask the network cannot be handed to `some()` or `filter()`, for example. Scripts run in the program's own thread, so
 * one that loops blocks it until the time limit. Answers are never remembered.
 *
 * @throws NetError `ERR_PAC_SCRIPT_FAILED` when a script is loaded and the package is not installed.
 */
export function pacResolverEngine({ from }: PacResolverEngineOptions = {}): PacEngine {
  return {
    name: 'pac-resolver',
    async load(source, options) {
      options.signal?.throwIfAborted();
      const { createPacResolver, quickJs } = await importPeer(from);
      return PacResolverProgram.load(source, options, createPacResolver, quickJs);
    },
  };
}

type FindProxy = (url: string, host: string) => Promise<unknown>;
type CreatePacResolver = (machine: Machine, source: string, options: { sandbox: Record<string, unknown> }) => FindProxy;

/** As much as is used here of the machine that `quickjs-wasi` makes. */
interface Machine {
  dispose(): void;
}

interface QuickJsPeer {
  create(options: { wasm: Uint8Array; memoryLimit: number; interruptHandler: () => boolean }): Promise<Machine>;
  readonly wasm: Uint8Array;
}

/** What the call under way has asked, and until when it may run. */
interface CurrentRun {
  lookups: PacLookup[];
  deadline: number;
}

class PacResolverProgram implements PacProgram {
  readonly stateless = false;
  readonly #machine: Machine;
  readonly #find: FindProxy;
  readonly #options: PacLoadOptions;
  readonly #run: CurrentRun;
  /** One call after another: the package cannot tell whose question it is. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(machine: Machine, find: FindProxy, options: PacLoadOptions, run: CurrentRun) {
    this.#machine = machine;
    this.#find = find;
    this.#options = options;
    this.#run = run;
  }

  static async load(
    source: string,
    options: PacLoadOptions,
    createPacResolver: CreatePacResolver,
    quickJs: QuickJsPeer,
  ): Promise<PacResolverProgram> {
    const limits = fullLimits(options.limits);
    const run: CurrentRun = { lookups: [], deadline: performance.now() + limits.loadTime };
    const machine = await quickJs.create({
      wasm: quickJs.wasm,
      memoryLimit: limits.memory,
      interruptHandler: () => performance.now() > run.deadline,
    });
    try {
      const find = createPacResolver(machine, source, { sandbox: sandboxOf(options, run) });
      return new PacResolverProgram(machine, find, options, run);
    } catch (error) {
      machine.dispose();
      throw pacScriptFailed(options.name, error instanceof Error ? error.message : String(error), error);
    }
  }

  find(url: string, host: string, signal?: AbortSignal): Promise<PacAnswer> {
    const answer = this.#last.then(() => this.#ask(url, host, signal));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  forget(): void {
    // Nothing is kept from one call to the next.
  }

  close(): void {
    void this.#last.then(() => this.#machine.dispose());
  }

  async #ask(url: string, host: string, signal: AbortSignal | undefined): Promise<PacAnswer> {
    signal?.throwIfAborted();
    const { name, limits } = this.#options;
    this.#run.lookups = [];
    this.#run.deadline = performance.now() + fullLimits(limits).runTime;
    let result: unknown;
    try {
      result = await this.#find(url, host);
    } catch (error) {
      throw pacScriptFailed(name, error instanceof Error ? error.message : String(error), error);
    }
    if (typeof result !== 'string') throw pacScriptFailed(name, 'FindProxyForURL() did not return a string.');
    if (/[^\0-\x7f]/.test(result)) throw pacScriptFailed(name, 'FindProxyForURL() returned a non-ASCII string.');
    return { result, lookups: this.#run.lookups };
  }
}

/** The functions that ask the network; the package brings the others. Those that are `async` it awaits in scripts. */
function sandboxOf(options: PacLoadOptions, run: CurrentRun): Record<string, unknown> {
  const ask = async (kind: PacQueryKind, host: string): Promise<string | null> => {
    const asked = performance.now();
    const { value, ttl } = await options.network.query(kind, host);
    // Waiting for the network does not count.
    run.deadline += performance.now() - asked;
    run.lookups.push({ kind, host, value, ttl });
    return value;
  };
  const dnsResolve = async (host: unknown) => (typeof host === 'string' ? ask('dnsResolve', host) : null);
  return {
    alert: (message: unknown) => options.alert(String(message)),
    dnsResolve,
    isResolvable: async (host: unknown) => (await dnsResolve(host)) !== null,
    isInNet: async (host: unknown, network: unknown, mask: unknown) => {
      const literal = parseIp(String(host));
      const address = literal ?? parseIp((await dnsResolve(host)) ?? '');
      return isInNet(address?.bytes, parseIp(String(network))?.bytes, parseIp(String(mask))?.bytes);
    },
    myIpAddress: async () => ask('myIpAddress', ''),
  };
}

function isInNet(address?: Uint8Array, network?: Uint8Array, mask?: Uint8Array): boolean {
  if (address?.length !== 4 || network?.length !== 4 || mask?.length !== 4) return false;
  return mask.every((bits, i) => (address[i]! & bits) === (network[i]! & bits));
}

/** The package, and the `quickjs-wasi` that it is installed with. */
async function importPeer(from: string | undefined) {
  const here = typeof __filename === 'string' ? __filename : undefined;
  const places = from === undefined ? [here, join(process.cwd(), 'index.js')] : [join(from, 'index.js'), from];
  let failure: unknown;
  for (const place of places) {
    if (place === undefined) continue;
    try {
      const entry = createRequire(place).resolve('pac-resolver');
      const peer = createRequire(entry);
      const { createPacResolver } = await importFile<{ createPacResolver: CreatePacResolver }>(entry);
      const { QuickJS } = await importFile<{ QuickJS: QuickJsPeer }>(peer.resolve('quickjs-wasi'));
      const wasm = await readFile(peer.resolve('quickjs-wasi/quickjs.wasm'));
      return { createPacResolver, quickJs: { create: QuickJS.create.bind(QuickJS), wasm } };
    } catch (error) {
      failure = error;
    }
  }
  throw pacScriptFailed('', 'the package pac-resolver (version 9) has to be installed for this engine', failure);
}

/** Loads what is installed beside the program, and so is no part of its bundle. */
function importFile<T>(file: string): Promise<T> {
  return import(/* webpackIgnore: true */ pathToFileURL(file).href);
}
