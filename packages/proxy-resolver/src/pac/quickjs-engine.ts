import type { PacEngine } from '@netloom/contracts';

/** Where the files of the engine are, for programs that are bundled and leave them elsewhere. */
export interface QuickJsEngineOptions {
  /**
   * Path of the worker's script, the file `@netloom/proxy-resolver/pac-worker`. Default: that of the installed package.
   */
  readonly workerFile?: string | undefined;
  /** Path of `quickjs-wasi/quickjs.wasm`. Default: that of the installed package. */
  readonly wasmFile?: string | undefined;
}

/**
 * The engine that runs PAC scripts in QuickJS, compiled to WebAssembly, in a worker thread: they see nothing but text,
 * cannot block the program, and are stopped when they take too long or too much.
 *
 * Scripts run synchronously. A name that has no address yet is looked up between two runs, of which the first leaves no
 * trace in the script's variables. The worker starts with the first script and never keeps the process alive while
 * nobody waits for an answer.
 */
export function quickJsEngine(options: QuickJsEngineOptions = {}): PacEngine {
  return {
    name: 'quickjs',
    async load(source, load) {
      const { QuickJsProgram } = await import('./quickjs-program.js');
      const program = new QuickJsProgram(source, load, options);
      await program.start();
      return program;
    },
  };
}
