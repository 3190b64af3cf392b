import type { ConnectJob } from './connect-job.js';
import type { Connection } from './connection.js';
import type { Transaction } from './transaction.js';

/** A request that waits for a connection. */
export interface Waiter {
  readonly transaction: Transaction;
  /** Origin of the request, which is not that of the group for requests over an HTTP proxy. */
  readonly origin: string;
  /** The reused connection that failed it: only one that has served nobody will do, or a newer one of HTTP/2. */
  readonly lost: Connection | undefined;
  /** User agent that a CONNECT for this request names. */
  readonly userAgent: string | undefined;
  /** The job that opens a connection for it; undefined: none does. */
  job: ConnectJob | undefined;
  granted(connection: Connection): void;
  failed(error: Error): void;
}

/** A first-in first-out queue from which anyone may leave. */
export class Waiters {
  readonly #queue = new Set<Waiter>();

  get size(): number {
    return this.#queue.size;
  }

  add(waiter: Waiter): void {
    this.#queue.add(waiter);
  }

  delete(waiter: Waiter): boolean {
    return this.#queue.delete(waiter);
  }

  has(waiter: Waiter): boolean {
    return this.#queue.has(waiter);
  }

  /** Takes out the first one whom the connection can serve. */
  takeFor(connection: Connection): Waiter | undefined {
    for (const waiter of this.#queue) {
      if (waiter.lost !== undefined && !replaces(connection, waiter.lost)) continue;
      if (!connection.serves(waiter.transaction, waiter.origin)) continue;
      this.#queue.delete(waiter);
      return waiter;
    }
    return undefined;
  }

  [Symbol.iterator](): IterableIterator<Waiter> {
    return this.#queue.values();
  }
}

/** All streams of a lost HTTP/2 connection go to the one that is opened in its place. */
function replaces(connection: Connection, lost: Connection): boolean {
  return connection.uses === 0 || (connection.engine.protocol === 'h2' && connection.id > lost.id);
}
