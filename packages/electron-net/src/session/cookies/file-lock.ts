import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

/** What is done under a lock takes milliseconds; one that is older was left by a process that has crashed. */
const STALE_MS = 10_000;

/**
 * A lock among processes: a file that only one of them can make. Synchronous, because it is also taken while the process
 * exits, and without listeners for signals, which belong to the program.
 */
export class FileLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @returns undefined while somebody else has it. */
  static take(path: string): FileLock | undefined {
    if (make(path)) return new FileLock(path);
    if (!isStale(path)) return undefined;
    removeStale(path);
    return make(path) ? new FileLock(path) : undefined;
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

function make(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    // Windows says EPERM while a file of this name is being deleted.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false;
    throw error;
  }
}

/**
 * Takes a stale lock away, for which there is a lock of its own: a process that looked before another one did the same
 * would take away the lock which that one has made since.
 */
function removeStale(path: string): void {
  const removal = `${path}.removal`;
  if (make(removal)) {
    if (isStale(path)) rmSync(path, { force: true });
    rmSync(removal, { force: true });
  } else if (isStale(removal)) {
    // Its process crashed between the lines above.
    rmSync(removal, { force: true });
  }
}

/** One that is gone is not stale: the next moment it may be that of another process. */
function isStale(path: string): boolean {
  const made = statSync(path, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > STALE_MS;
}
