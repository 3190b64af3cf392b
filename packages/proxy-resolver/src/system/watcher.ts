import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, ClockTimer } from '@netloom/contracts';

/** How long settings have to be quiet, in ms, before they are read again: dialogs write several of them in a row. */
export const SETTLE_TIME = 250;

/**
 * Calls back when files in some folders change, once they have been quiet for {@link SETTLE_TIME}. A folder that is not
 * there yet is waited for. Never keeps the process alive.
 */
export class FolderWatcher {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #watchers = new Set<FSWatcher>();
  #timer: ClockTimer | undefined;

  constructor(folders: readonly string[], clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    for (const folder of folders) this.#watch(folder);
  }

  close(): void {
    this.#timer?.cancel();
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers.clear();
  }

  /** Something happened; tells it when nothing more does. */
  #touched(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(this.#changed, SETTLE_TIME);
  }

  #watch(folder: string): void {
    if (existsSync(folder)) {
      const watcher = this.#open(folder, () => this.#touched());
      // A folder that goes away takes its watcher with it, and may come back.
      watcher?.on('error', () => {
        this.#drop(watcher);
        this.#touched();
        this.#watch(folder);
      });
      return;
    }
    const parent = dirname(folder);
    if (parent === folder || !existsSync(parent)) return;
    const watcher = this.#open(parent, () => {
      if (!existsSync(folder)) return;
      this.#drop(watcher);
      this.#touched();
      this.#watch(folder);
    });
    watcher?.on('error', () => this.#drop(watcher));
  }

  #open(folder: string, listener: () => void): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, listener);
      this.#watchers.add(watcher);
      return watcher;
    } catch (error) {
      // What may not be read, or is gone again, cannot be watched; nor can more than the system's limit.
      if (['ENOENT', 'EACCES', 'ENOTDIR', 'ENOSPC', 'EMFILE'].includes((error as NodeJS.ErrnoException).code ?? '')) {
        return undefined;
      }
      throw error;
    }
  }

  #drop(watcher: FSWatcher | undefined): void {
    watcher?.close();
    if (watcher !== undefined) this.#watchers.delete(watcher);
  }
}
