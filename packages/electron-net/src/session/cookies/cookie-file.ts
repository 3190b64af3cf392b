import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseStoredCookie, type StoredCookie } from './cookie.js';
import { FileLock } from './file-lock.js';

const VERSION = 1;

/** A cookie without its place among the others, which is that in the file. */
export type KeptCookie = Omit<StoredCookie, 'rank'>;

/** What becomes of cookies by their names in the file; null: they go. */
export type CookieChanges = ReadonlyMap<string, KeptCookie | null>;

/**
 * The cookies of a session on disk, as JSON. Whoever writes changes what is there at that moment, under a lock, so that
 * several processes can share a file; and puts a complete file in the place of the one before, so that a crash leaves one
 * or the other.
 */
export class CookieFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The cookies by their names. What cannot be read is put aside, with a warning. */
  read(): Map<string, KeptCookie> {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return new Map();
      throw error;
    }
    const cookies = parse(text);
    if (cookies !== undefined) return cookies;
    const aside = `${this.#path}.broken-${Date.now()}-${process.pid}`;
    renameSync(this.#path, aside);
    process.emitWarning(`cookies could not be read from ${this.#path}, which is kept as ${aside}`);
    return new Map();
  }

  /** @returns false when another process is writing, and nothing was done. */
  tryChange(changes: CookieChanges): boolean {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const lock = FileLock.take(`${this.#path}.lock`);
    if (lock === undefined) return false;
    try {
      this.change(changes);
    } finally {
      lock.release();
    }
    return true;
  }

  /** The same without a lock, for who cannot wait any longer. */
  change(changes: CookieChanges): void {
    const cookies = this.read();
    for (const [name, cookie] of changes) {
      if (cookie === null) cookies.delete(name);
      else cookies.set(name, cookie);
    }
    this.#replace(JSON.stringify({ version: VERSION, cookies: [...cookies.values()] }));
  }

  #replace(text: string): void {
    const temporary = `${this.#path}.${randomUUID()}.tmp`;
    try {
      const file = openSync(temporary, 'wx', 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(this.#path));
  }
}

/** The name of a cookie in its file: there is one of each name, domain and path. */
export function nameInFile({ domain, hostOnly, path, name }: KeptCookie): string {
  return `${hostOnly ? '' : '.'}${domain}${path};${name}`;
}

function parse(text: string): Map<string, KeptCookie> | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, cookies } = (content ?? {}) as { version?: unknown; cookies?: unknown };
  if (version !== VERSION || !Array.isArray(cookies)) return undefined;
  const kept = cookies.map(parseStoredCookie);
  if (kept.includes(undefined)) return undefined;
  return new Map((kept as KeptCookie[]).map((cookie) => [nameInFile(cookie), cookie]));
}

/** A name in a folder is on disk when the folder is; Windows has no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
