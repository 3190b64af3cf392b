import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Remote } from './rpc.js';

/** How a program is started. */
export interface StartOptions {
  /** The core it is pinned to. */
  readonly core?: number | undefined;
  /** Switches of Node. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folder for profiles of contestants. */
  readonly profiles?: string | undefined;
}

/**
 * Has glibc keep memory that was freed. Otherwise a process that reads large bodies gives it back and fetches it again, 16
 * pages for each piece of 64 KiB, as often as the garbage collector happens to run; elsewhere this says nothing.
 */
export const KEEPS_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: '1000000000',
  MALLOC_MMAP_THRESHOLD_: '1000000000',
  MALLOC_TOP_PAD_: '67108864',
} as const;

/** Node with a program of the bench's, as words for {@link spawn}. */
export function commandOf(program: string, { core, node = [] }: StartOptions): [string, string[]] {
  // What is built lies in one folder.
  const words = [process.execPath, ...node, fileURLToPath(new URL(`./${program}.js`, import.meta.url))];
  const [command = '', ...rest] = core === undefined ? words : ['taskset', '--cpu-list', String(core), ...words];
  return [command, rest];
}

/** Starts a program of the bench's that serves calls. */
export async function startProgram<F extends Record<string, (argument: never) => unknown>>(
  program: string,
  options: StartOptions,
): Promise<Remote<F>> {
  const child = spawn(...commandOf(program, options), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...options.env },
  });
  const remote = new Remote<F>(child);
  await once(child, 'spawn');
  return remote;
}
