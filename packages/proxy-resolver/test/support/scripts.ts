import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PacEngine, PacLookup, PacQueryKind } from '@netloom/contracts';
import { pacScriptFailed } from '../../src/pac/pac-error.js';
import { fullLimits } from '../../src/pac/pac-limits.js';
import type { Query } from '../../src/pac/worker/run.js';
import { Script, type ScriptOptions } from '../../src/pac/worker/script.js';

const wasmFile = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm');
let compiled: WebAssembly.Module | undefined;

/** The sandbox's machine, compiled once. */
function quickJsModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(wasmFile));
  return compiled;
}

/** What a test's network knows. */
export interface TestNetwork {
  readonly dns?: Readonly<Record<string, string>> | undefined;
  readonly dnsEx?: Readonly<Record<string, string>> | undefined;
  readonly myIp?: string | undefined;
  readonly myIpEx?: string | undefined;
}

/** The answer of a test's network, as a script sees it. */
export function answer(network: TestNetwork, { kind, host }: Query): PacLookup {
  const known: Record<PacQueryKind, string | null> = {
    dnsResolve: network.dns?.[host] ?? null,
    dnsResolveEx: network.dnsEx?.[host] ?? '',
    myIpAddress: network.myIp ?? '127.0.0.1',
    myIpAddressEx: network.myIpEx ?? '',
  };
  return { kind, host, value: known[kind], ttl: 60_000 };
}

/** Loads a script into a sandbox of this thread. */
export function loadScript(source: string, options: Partial<ScriptOptions> & { readonly network?: TestNetwork } = {}) {
  const { network = {}, ...rest } = options;
  return Script.load(source, {
    wasm: quickJsModule(),
    preferEx: false,
    // Beyond what a busy machine needs: tests of the limits set their own.
    loadTime: 20_000,
    runTime: 20_000,
    memory: 64 * 1024 * 1024,
    lookups: 20,
    ask: async (queries) => queries.map((query) => answer(network, query)),
    ...rest,
  });
}

/** The engine's sandbox without its worker, for tests that load many scripts. */
export const sandboxEngine: PacEngine = {
  name: 'sandbox',
  async load(source, { name, network, limits }) {
    const ask = (queries: readonly Query[]) =>
      Promise.all(queries.map(async ({ kind, host }) => ({ kind, host, ...(await network.query(kind, host)) })));
    const failed = (error: Error) => {
      throw pacScriptFailed(name, error.message, error);
    };
    const { script } = await loadScript(source, { ...fullLimits(limits), ask }).catch(failed);
    return {
      stateless: false,
      find: (url, host) => script.find(url, host).catch(failed),
      forget: () => script.forget(),
      close: () => undefined,
    };
  },
};
