import type { NetErrorCode, ProxyRoute } from '@netloom/contracts';
import type { Destination } from '../connect/types.js';
import { ConnectJob } from './connect-job.js';
import { Connection, type ReadyConnection } from './connection.js';
import type { Linked } from './linked-list.js';
import type { Counter } from './room.js';
import type { Transaction } from './transaction.js';
import { isAnswering, type Waiter, Waiters } from './waiters.js';

/** What all connections of a group have in common. */
export interface GroupProfile {
  readonly route: ProxyRoute;
  /** The route as `direct://` or `scheme://host:port`. */
  readonly routeName: string;
  /** `scheme://host:port` of the origin; of the proxy where requests go to it in absolute form. */
  readonly origin: string;
  readonly destination: Destination;
  readonly absoluteForm: boolean;
  readonly http1Only: boolean;
}

/** What a group needs of its pool. */
export interface GroupHost {
  /** Whether the limits allow one more connection; makes room by closing an idle one where that helps. */
  mayOpen(group: Group): boolean;
  /** Opens the connection of a job. */
  open(job: ConnectJob): Promise<ReadyConnection>;
  /** A connection was closed, or has become idle: others may wait for it. */
  changed(group: Group): void;
  /** The protocol that ALPN agreed on with this group's origin before; undefined: not known. */
  protocolOf(group: Group): string | undefined;
  learnProtocol(group: Group, protocol: string): void;
}

/** Failures that say something about the way to the origin, and so about every request that waits for it. */
const NOT_SHARED: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  'ERR_CONNECTION_RESET',
  'ERR_CONNECTION_CLOSED',
  'ERR_CONNECTION_ABORTED',
  'ERR_EMPTY_RESPONSE',
  'ERR_SSL_PROTOCOL_ERROR',
]);

/** Whether a failure of the way to the origin is one for this waiter too. Who else was asked may know a password. */
function isConcerned(waiter: Waiter, error: Error, job: ConnectJob): boolean {
  if (waiter === job.waiter || (error as { code?: NetErrorCode }).code !== 'ERR_PROXY_AUTH_REQUESTED') return true;
  return waiter.transaction.auth?.asks === job.waiter?.transaction.auth?.asks;
}

/** The connections of one way to one origin, and the requests that wait for them. */
export class Group implements Linked<Group> {
  list: object | undefined;
  before: Group | undefined;
  after: Group | undefined;
  /** The limit that refused it a connection, and in whose line it stands. */
  waitsAt: Counter | undefined;
  /** Whether the pool looks here for an idle connection when it needs room. */
  mayBeIdle = false;
  readonly profile: GroupProfile;
  /** Of all connections, of the host's, and of the proxy's where there is one. */
  readonly counters: readonly Counter[];
  readonly connections = new Set<Connection>();
  readonly waiters = new Waiters();
  readonly #host: GroupHost;
  /** Connections with room for a request; the last one is taken first. */
  readonly #available: Connection[] = [];
  readonly #jobs = new Set<ConnectJob>();
  /** The first connection failed by chance, so the rest need not wait for it to tell the protocol. */
  #probeFailed = false;

  constructor(profile: GroupProfile, counters: readonly Counter[], host: GroupHost) {
    this.profile = profile;
    this.counters = counters;
    this.#host = host;
  }

  get empty(): boolean {
    return this.connections.size === 0 && this.#jobs.size === 0 && this.waiters.size === 0;
  }

  /** A connection that can serve the request now. */
  take(transaction: Transaction, origin: string): Connection | undefined {
    for (let i = this.#available.length - 1; i >= 0; i -= 1) {
      const connection = this.#available[i] as Connection;
      if (!connection.free) this.#available.splice(i, 1);
      else if (connection.serves(transaction, origin)) {
        if (connection.engine.protocol === 'http/1.1') this.#available.splice(i, 1);
        return connection;
      }
    }
    return undefined;
  }

  enqueue(waiter: Waiter): void {
    waiter.job = undefined;
    this.waiters.add(waiter);
    this.#settleJobs();
    this.process();
  }

  /** Takes a waiter out who has given up. */
  cancel(waiter: Waiter): void {
    if (!this.waiters.delete(waiter)) return;
    this.#settleJobs();
    this.#host.changed(this);
  }

  /** Opens connections for those who wait, as far as the limits allow; whether these refused one. */
  process(): boolean {
    let enough = false;
    let refused = false;
    for (let waiter = this.waiters.first; waiter !== undefined; waiter = waiter.after) {
      if (enough && this.waiters.answering === 0) break;
      if (waiter.job !== undefined) continue;
      if (!isAnswering(waiter)) {
        enough ||= this.#jobs.size >= this.waiters.size || !this.#mayProbe();
        if (enough) continue;
        refused = enough = !this.#host.mayOpen(this);
        if (refused) continue;
      }
      void this.#startJob(new ConnectJob(this.profile, waiter));
    }
    return refused;
  }

  /**
   * Opens connections ahead of requests until there are as many, or one of HTTP/2, as far as the limits allow.
   *
   * @throws what the first of them failed with.
   */
  async preconnect(count: number): Promise<void> {
    let begun: Promise<Error | undefined>[];
    let left = count;
    do {
      begun = [];
      while (left > 0 && this.#lacks(count) && this.#mayProbe() && this.#host.mayOpen(this)) {
        left -= 1;
        begun.push(this.#startJob(new ConnectJob(this.profile, undefined)));
      }
      for (const error of await Promise.all(begun)) if (error !== undefined) throw error;
      // Where HTTP/2 is possible, the first one tells whether there is need of more.
    } while (begun.length > 0 && this.connections.size > 0);
  }

  /** An idle connection that may be closed to make room for another, the longest unused one. */
  takeIdle(): Connection | undefined {
    return this.#available.find((connection) => connection.free && connection.active === 0);
  }

  /** Fails everybody and closes everything at once. */
  destroy(error: Error): void {
    for (const waiter of [...this.waiters]) {
      this.waiters.delete(waiter);
      waiter.failed(error);
    }
    for (const job of this.#jobs) job.abort();
    for (const connection of [...this.connections]) connection.engine.destroy(error);
  }

  /** Closes each connection as soon as nothing is on it. */
  close(): void {
    for (const job of this.#jobs) if (job.waiter === undefined) job.abort();
    for (const connection of [...this.connections]) connection.close();
  }

  /** Where HTTP/2 is possible, one connection is opened first: if it speaks HTTP/2, it is the only one needed. */
  #mayProbe(): boolean {
    const { destination, http1Only, absoluteForm } = this.profile;
    if (destination.protocol !== 'https:' || http1Only || absoluteForm || this.#probeFailed) return true;
    return this.#jobs.size === 0 || this.#host.protocolOf(this) === 'http/1.1';
  }

  #lacks(count: number): boolean {
    const wanted = this.#host.protocolOf(this) === 'h2' ? 1 : count;
    return this.connections.size + this.#jobs.size < wanted;
  }

  /** Resolves when the job has ended, with its error if it failed. */
  #startJob(job: ConnectJob): Promise<Error | undefined> {
    this.#jobs.add(job);
    for (const counter of this.counters) counter.open += 1;
    return this.#host.open(job).then(
      (ready) => {
        const { origin, routeName, absoluteForm } = this.profile;
        this.#jobs.delete(job);
        job.end();
        this.#host.learnProtocol(this, ready.opened.alpn ?? 'http/1.1');
        const connection = new Connection(origin, routeName, absoluteForm, ready, {
          onCapacity: () => this.#onCapacity(connection),
          onClosed: () => this.#onClosed(connection),
        });
        this.connections.add(connection);
        if (!connection.engine.alive) this.#onClosed(connection);
        else this.#onCapacity(connection);
        return undefined;
      },
      (error: Error) => {
        this.#jobFailed(job, error);
        return error;
      },
    );
  }

  #jobFailed(job: ConnectJob, error: Error): void {
    const probing = !this.#mayProbe();
    this.#jobs.delete(job);
    job.end();
    for (const counter of this.counters) counter.open -= 1;
    // Whoever waits for a connection that was opened ahead has one opened of their own.
    if (!job.isAhead) this.#failWaiters(job, error, probing);
    this.#host.changed(this);
  }

  #failWaiters(job: ConnectJob, error: Error, wasProbing: boolean): void {
    // What became of a request of the credentials provider says nothing about those who wait for its answer.
    const probing = wasProbing && !(job.waiter !== undefined && isAnswering(job.waiter));
    const shared = probing && !NOT_SHARED.has((error as { code?: NetErrorCode }).code as NetErrorCode);
    if (probing && !shared) this.#probeFailed = true;
    const concerned = shared ? [...this.waiters].filter((waiter) => isConcerned(waiter, error, job)) : [job.waiter];
    for (const waiter of concerned) if (waiter !== undefined && this.waiters.delete(waiter)) waiter.failed(error);
  }

  #onCapacity(connection: Connection): void {
    if (!this.connections.has(connection)) return;
    while (connection.free) {
      const waiter = this.waiters.takeFor(connection);
      if (waiter === undefined) break;
      waiter.granted(connection);
    }
    if (connection.free && !this.#available.includes(connection)) {
      connection.proven ||= connection.uses === 0 && connection.active === 0;
      this.#available.push(connection);
    }
    this.#settleJobs();
    this.#host.changed(this);
  }

  #onClosed(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    const index = this.#available.indexOf(connection);
    if (index >= 0) this.#available.splice(index, 1);
    for (const counter of this.counters) counter.open -= 1;
    this.#host.changed(this);
  }

  /** Whether requests are on connections, so that a connection that is being opened will soon be of use. */
  get #busy(): boolean {
    for (const connection of this.connections) if (connection.active > 0) return true;
    return false;
  }

  /** A job whose request was served otherwise goes to one that has none; when all is quiet, it is given up. */
  #settleJobs(): void {
    if (this.#jobs.size === 0) return;
    for (const job of this.#jobs) {
      if (job.waiter !== undefined && this.waiters.has(job.waiter)) continue;
      job.waiter = undefined;
      for (const waiter of this.waiters) {
        if (waiter.job !== undefined || isAnswering(waiter)) continue;
        job.waiter = waiter;
        waiter.job = job;
        break;
      }
      if (job.waiter === undefined && !job.isAhead && !this.#busy) job.abort();
    }
  }
}
