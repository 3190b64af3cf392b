import { setTimeout as delay } from 'node:timers/promises';
import { CookieFile, type KeptCookie, nameInFile } from './cookie-file.js';

/** Changes are collected for this long before they are written. */
const WRITE_AFTER_MS = 1000;
const RETRY_MS = 20;
/** How long an exiting process waits for others that are writing. */
const EXIT_PATIENCE_MS = 2000;

/** Keeps the cookies of a session on disk: those with an expiry date; the others end with the process. */
export class CookiePersistence {
  readonly #file: CookieFile;
  /** Changes that are not on disk yet. */
  #pending = new Map<string, KeptCookie | null>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string) {
    this.#file = new CookieFile(path);
  }

  /** What was kept, in the order in which it was stored first. Expired cookies are left out. */
  load(): KeptCookie[] {
    const now = Date.now() / 1000;
    try {
      return [...this.#file.read().values()].filter(({ expires = 0 }) => expires > now);
    } catch (error) {
      warn('read from', error);
      return [];
    }
  }

  /** A cookie was stored, or removed. */
  note({ rank: _, ...cookie }: KeptCookie & { readonly rank?: number }, removed: boolean): void {
    this.#pending.set(nameInFile(cookie), removed || cookie.expires === undefined ? null : cookie);
    writeAtExit(this);
    this.#timer ??= setTimeout(() => this.#write().catch((error) => warn('written to', error)), WRITE_AFTER_MS).unref();
  }

  /** Resolves when all changes are on disk; rejects with the reason why they cannot be. */
  flush(): Promise<void> {
    return this.#write();
  }

  /** The process ends: no time for promises. */
  flushAtExit(): void {
    const giveUp = Date.now() + EXIT_PATIENCE_MS;
    while (!this.#file.tryChange(this.#pending)) {
      if (Date.now() > giveUp) {
        this.#file.change(this.#pending);
        return;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeUntilDone().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeUntilDone(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Between a change and the end of this turn nothing else can happen to what is pending.
    while (this.#pending.size > 0) {
      if (this.#file.tryChange(this.#pending)) this.#pending.clear();
      else await delay(RETRY_MS);
    }
    unwritten.delete(this);
  }
}

/** Those with changes that are not on disk. */
const unwritten = new Set<CookiePersistence>();
let listens = false;

function writeAtExit(persistence: CookiePersistence): void {
  unwritten.add(persistence);
  if (listens) return;
  listens = true;
  process.on('exit', () => {
    for (const persistence of unwritten) {
      try {
        persistence.flushAtExit();
      } catch (error) {
        // Warnings are printed a little later, when this process is no more.
        process.stderr.write(`Warning: ${failure('written to', error)}\n`);
      }
    }
  });
}

function warn(what: string, cause: unknown): void {
  process.emitWarning(failure(what, cause));
}

function failure(what: string, cause: unknown): string {
  return `cookies could not be ${what} disk: ${(cause as Error).message}`;
}
