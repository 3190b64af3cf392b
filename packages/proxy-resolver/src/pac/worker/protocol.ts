import type { PacLookup } from '@netloom/contracts';
import type { FullPacLimits } from '../pac-limits.js';
import type { Query } from './run.js';

/** What a worker is started with. */
export interface WorkerSettings {
  /** Path of `quickjs.wasm`; found in the installed package when absent. */
  readonly wasmFile: string | undefined;
  readonly preferEx: boolean;
  readonly limits: FullPacLimits;
}

/** What the program says to the worker. Every `load` and `find` gets one `done` or `failed` with its id. */
export type ToWorker =
  | { readonly type: 'load'; readonly id: number; readonly source: string }
  | { readonly type: 'find'; readonly id: number; readonly url: string; readonly host: string }
  | { readonly type: 'answers'; readonly question: number; readonly lookups: readonly PacLookup[] }
  | { readonly type: 'forget' };

/** What the worker says to the program. Every `ask` gets one `answers` with its question number. */
export type FromWorker =
  | { readonly type: 'ask'; readonly question: number; readonly queries: readonly Query[] }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly result: string;
      readonly lookups: readonly PacLookup[];
      readonly messages: readonly string[];
    }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly message: string;
      readonly messages: readonly string[];
      /** Set when a limit was reached; unless it is `time`, the worker has to be given up. */
      readonly limit: 'time' | 'memory' | 'stack' | undefined;
    }
  | { readonly type: 'stateless' };
