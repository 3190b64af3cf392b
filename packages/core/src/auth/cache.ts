import { type Authorizer, type AuthTarget, type Challenge, type Clock, systemClock } from '@netloom/contracts';
import { type SignInIdentity, sameIdentity } from './identity.js';

/** What a protection space is known by (RFC 9110 section 11.5). */
export interface ProtectionSpaceKey {
  readonly target: AuthTarget;
  /** `protocol//host:port` of the server or proxy. */
  readonly origin: string;
  readonly realm: string;
  /** Name of the scheme in lower case: two schemes of one realm are two spaces. */
  readonly scheme: string;
  /** Separates the entries of servers where {@link AuthCacheOptions.partitionServers} is on. */
  readonly partition?: string | undefined;
}

/** What signs requests into a protection space. */
export interface Credentials {
  /** Undefined for a scheme that brings its own secret. */
  readonly identity: SignInIdentity | undefined;
  /** Of a request scheme; it lives as long as the entry, and a nonce count with it. */
  readonly authorizer?: Authorizer | undefined;
  /** The challenge that was answered. */
  readonly challenge: Challenge;
  /** Tells whoever gave the identity that it has proved right. */
  readonly proved?: (() => void) | undefined;
}

/** Whether a signed-in connection stays signed in, as far as its peer has shown. */
export type Persistence = 'unknown' | 'connection' | 'request';

/** A protection space and what is known of it. */
export interface ProtectionSpace extends ProtectionSpaceKey {
  credentials: Credentials;
  /** Directories that belong to the space, the most recently added first. */
  paths: readonly string[];
  /** When the entry was made, milliseconds since 1970. */
  readonly created: number;
  persistence: Persistence;
  /** The peer closes a connection with the challenge to a request that brings no token. */
  closesOnChallenge: boolean;
}

/** Settings of an {@link AuthCache}. */
export interface AuthCacheOptions {
  readonly clock?: Clock | undefined;
  /** Entries that are kept; the one not used for longest goes first. Default 20. */
  readonly maxEntries?: number | undefined;
  /** Directories that are kept for each entry. Default 10. */
  readonly maxPaths?: number | undefined;
  /** Whether servers have entries of their own in each network partition. Proxies never have. Default false. */
  readonly partitionServers?: boolean | undefined;
}

/** The protection spaces that a client has signed in to, with the credentials that it used. */
export class AuthCache {
  /** In order of use, the least recent first. */
  #entries: ProtectionSpace[] = [];
  #partitionServers: boolean;
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #maxPaths: number;

  constructor(options: AuthCacheOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#maxEntries = options.maxEntries ?? 20;
    this.#maxPaths = options.maxPaths ?? 10;
    this.#partitionServers = options.partitionServers ?? false;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Whether there is an entry of any server, or of any proxy. */
  hasAny(target: AuthTarget): boolean {
    for (const entry of this.#entries) if (entry.target === target) return true;
    return false;
  }

  /** Whether servers have entries of their own in each network partition. A change forgets all servers. */
  get partitionServers(): boolean {
    return this.#partitionServers;
  }

  set partitionServers(on: boolean) {
    if (on === this.#partitionServers) return;
    this.#partitionServers = on;
    this.#entries = this.#entries.filter((entry) => entry.target === 'proxy');
  }

  /** The entry of a protection space. */
  find(key: ProtectionSpaceKey): ProtectionSpace | undefined {
    return this.#use(this.#entries.findIndex((entry) => this.#isKey(entry, key)));
  }

  /** The entry whose directory encloses a path most closely, of any realm and scheme. Proxies have the path `/`. */
  findByPath(target: AuthTarget, origin: string, path: string, partition?: string): ProtectionSpace | undefined {
    let directory: string | undefined;
    let best = -1;
    let bestLength = -1;
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.target !== target || entry.origin !== origin || !this.#isPartition(entry, partition)) continue;
      directory ??= directoryOf(path);
      for (const candidate of entry.paths) {
        if (candidate.length > bestLength && encloses(candidate, directory)) {
          best = i;
          bestLength = candidate.length;
        }
      }
    }
    return this.#use(best);
  }

  /** Adds credentials, or replaces those of an entry that is there; the path's directory is added to it. */
  add(key: ProtectionSpaceKey, path: string, credentials: Credentials): ProtectionSpace {
    let entry = this.find(key);
    if (entry === undefined) {
      const { target, origin, realm, scheme } = key;
      const partition = this.#partitionOf(target, key.partition);
      const created = this.#clock.now();
      entry = {
        target,
        origin,
        realm,
        scheme,
        partition,
        credentials,
        paths: [],
        created,
        persistence: 'unknown',
        closesOnChallenge: false,
      };
      if (this.#entries.length >= this.#maxEntries) this.#entries.shift();
      this.#entries.push(entry);
    } else {
      entry.credentials = credentials;
    }
    this.#addDirectory(entry, directoryOf(path));
    return entry;
  }

  /** Removes an entry if its identity is still the given one; tells whether it did. */
  remove(key: ProtectionSpaceKey, identity: SignInIdentity | undefined): boolean {
    const index = this.#entries.findIndex((entry) => this.#isKey(entry, key));
    if (index < 0 || !sameIdentity(this.#entries[index]!.credentials.identity, identity)) return false;
    this.#entries.splice(index, 1);
    return true;
  }

  /** Removes the entries made within a time, milliseconds since 1970, `from` inclusive, `to` exclusive; default all. */
  clear(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): void {
    this.#entries = this.#entries.filter(({ created }) => created < from || created >= to);
  }

  #use(index: number): ProtectionSpace | undefined {
    if (index < 0) return undefined;
    const entry = this.#entries[index]!;
    if (index < this.#entries.length - 1) {
      this.#entries.splice(index, 1);
      this.#entries.push(entry);
    }
    return entry;
  }

  #isKey(entry: ProtectionSpace, key: ProtectionSpaceKey): boolean {
    return (
      entry.target === key.target &&
      entry.origin === key.origin &&
      entry.realm === key.realm &&
      entry.scheme === key.scheme &&
      this.#isPartition(entry, key.partition)
    );
  }

  #isPartition(entry: ProtectionSpace, partition: string | undefined): boolean {
    return entry.partition === this.#partitionOf(entry.target, partition);
  }

  #partitionOf(target: AuthTarget, partition: string | undefined): string | undefined {
    return this.#partitionServers && target === 'server' ? partition : undefined;
  }

  #addDirectory(entry: ProtectionSpace, directory: string): void {
    if (entry.paths.some((path) => encloses(path, directory))) return;
    const outside = entry.paths.filter((path) => !encloses(directory, path));
    entry.paths = [directory, ...outside].slice(0, this.#maxPaths);
  }
}

/** A path up to its last slash: RFC 7617 section 2.2 has credentials hold for everything in that directory. */
function directoryOf(path: string): string {
  // That of every proxy, which is looked up for each request.
  if (path === '/') return path;
  const end = path.search(/[?#]/);
  const plain = end < 0 ? path : path.slice(0, end);
  return plain.slice(0, plain.lastIndexOf('/') + 1);
}

/** A proxy's empty path encloses itself only. */
function encloses(directory: string, path: string): boolean {
  return directory === '' ? path === '' : path.startsWith(directory);
}
