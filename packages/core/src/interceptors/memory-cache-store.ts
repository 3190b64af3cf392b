import { Writable } from 'node:stream';
import type { interceptors } from 'undici';

/** Keeps responses. The stores of undici are such, and so is any object with their methods. */
export type CacheStore = NonNullable<NonNullable<Parameters<typeof interceptors.cache>[0]>['store']>;

type Key = Parameters<CacheStore['get']>[0];
type Value = Parameters<CacheStore['createWriteStream']>[1];
type Found = Exclude<ReturnType<CacheStore['get']>, Promise<unknown> | undefined>;

/** Limits of a {@link MemoryCacheStore}. */
export interface MemoryCacheLimits {
  /** Responses kept at most. Default 1024. */
  readonly maxEntries?: number | undefined;
  /** Bytes kept at most in all. Default 100 MiB (104857600). */
  readonly maxBytes?: number | undefined;
  /** A larger body is not kept, in bytes. Default 5 MiB (5242880). */
  readonly maxEntryBytes?: number | undefined;
}

const MiB = 1024 * 1024;

/** A response with the request fields that it depends on. */
interface Entry {
  readonly origin: string;
  readonly method: string;
  readonly value: Value;
  readonly body: readonly Buffer[];
  readonly size: number;
}

/**
 * Keeps responses in memory and drops those of the URLs that were asked for longest ago when there are too many. Those
 * that have expired stay, for requests that take them all the same. undici's own store drops nothing where a URL has a
 * single response, so that it grows without a limit.
 */
export class MemoryCacheStore implements CacheStore {
  readonly #limits: { readonly maxEntries: number; readonly maxBytes: number; readonly maxEntryBytes: number };
  /** Responses by URL, the one asked for last at the end. */
  readonly #entries = new Map<string, Entry[]>();
  #count = 0;
  #size = 0;

  constructor(limits: MemoryCacheLimits = {}) {
    const { maxEntries = 1024, maxBytes = 100 * MiB, maxEntryBytes = 5 * MiB } = limits;
    this.#limits = { maxEntries, maxBytes, maxEntryBytes };
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is anything for a URL. */
  has(key: Pick<Key, 'origin' | 'path'>): boolean {
    return this.#entries.size > 0 && this.#entries.has(nameOf(key));
  }

  get(key: Key): Found | undefined {
    const found = this.peek(key);
    return found && found.deleteAt > Date.now() ? found : undefined;
  }

  /** The same, whether it has expired or not. */
  peek(key: Key): Found | undefined {
    const name = nameOf(key);
    const entries = this.#entries.get(name);
    if (entries === undefined) return undefined;
    // Asked for last.
    this.#entries.delete(name);
    this.#entries.set(name, entries);
    const found = entries.find((entry) => matches(key, entry));
    return found && ({ ...found.value, body: found.body } as Found);
  }

  createWriteStream(key: Key, value: Value): Writable {
    const body: Buffer[] = [];
    let size = sizeOf(value);
    const limit = this.#limits.maxEntryBytes;
    return new Writable({
      write(chunk: Buffer, _encoding, callback) {
        size += chunk.byteLength;
        if (size > limit) this.destroy();
        else body.push(chunk);
        callback();
      },
      final: (callback) => {
        if (size <= limit) this.#add(key, { origin: key.origin, method: key.method, value, body, size });
        callback();
      },
    });
  }

  delete(key: Pick<Key, 'origin' | 'path'>): void {
    this.#replace(nameOf(key), []);
  }

  /** Drops everything, or what is of the origins that a function picks. */
  clear(picks: (origin: string) => boolean = () => true): void {
    for (const [name, [entry]] of [...this.#entries]) if (entry && picks(entry.origin)) this.#replace(name, []);
  }

  #add(key: Key, entry: Entry): void {
    const name = nameOf(key);
    const others = (this.#entries.get(name) ?? []).filter((present) => !matches(key, present));
    this.#replace(name, [...others, entry]);
    const { maxEntries, maxBytes } = this.#limits;
    for (const [oldest, entries] of this.#entries) {
      if (this.#count <= maxEntries && this.#size <= maxBytes) return;
      this.#replace(oldest, entries.slice(1));
    }
  }

  /** Puts other responses in the place of those of a URL, which becomes the last one. */
  #replace(name: string, entries: Entry[]): Entry[] {
    for (const { size } of this.#entries.get(name) ?? []) {
      this.#count -= 1;
      this.#size -= size;
    }
    this.#entries.delete(name);
    if (entries.length > 0) this.#entries.set(name, entries);
    for (const { size } of entries) {
      this.#count += 1;
      this.#size += size;
    }
    return entries;
  }
}

function nameOf({ origin, path }: Pick<Key, 'origin' | 'path'>): string {
  return origin + path;
}

/** Whether a response was chosen by a request such as this (RFC 9111 section 4.1). */
function matches({ method, headers = {} }: Key, entry: Entry): boolean {
  if (entry.method !== method) return false;
  return Object.entries(entry.value.vary ?? {}).every(([name, value]) => textOf(headers[name]) === textOf(value));
}

function textOf(value: string | string[] | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : [value].flat().join(', ');
}

function sizeOf({ headers }: Value): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
}
