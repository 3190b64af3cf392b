import type { ConnectJob } from './connect-job.js';
import type { Connection } from './connection.js';
import { type Linked, LinkedList } from './linked-list.js';
import type { Transaction } from './transaction.js';

/** A request that waits for a connection. */
export interface Waiter extends Linked<Waiter> {
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

/**
 * Whether a credentials provider itself makes the request. It must not wait for a connection that others open, nor for
 * one that the limits allow: the sign-in of those who have them may be waiting for the provider.
 */
export function isAnswering({ transaction }: Waiter): boolean {
  return (transaction.auth?.promptContext.length ?? 0) > 0;
}

/** Those who wait, first in, first out; anyone may leave. */
export class Waiters extends LinkedList<Waiter> {
  /** How many of them answer a question; see {@link isAnswering}. */
  answering = 0;

  override add(waiter: Waiter): void {
    super.add(waiter);
    if (isAnswering(waiter)) this.answering += 1;
  }

  override delete(waiter: Waiter): boolean {
    const deleted = super.delete(waiter);
    if (deleted && isAnswering(waiter)) this.answering -= 1;
    return deleted;
  }

  /** Takes out the first one whom the connection can serve. */
  takeFor(connection: Connection): Waiter | undefined {
    for (let waiter = this.first; waiter !== undefined; waiter = waiter.after) {
      if (waiter.lost !== undefined && !replaces(connection, waiter.lost)) continue;
      if (!connection.serves(waiter.transaction, waiter.origin)) continue;
      this.delete(waiter);
      return waiter;
    }
    return undefined;
  }
}

/** All streams of a lost HTTP/2 connection go to the one that is opened in its place. */
function replaces(connection: Connection, lost: Connection): boolean {
  return connection.uses === 0 || (connection.engine.protocol === 'h2' && connection.id > lost.id);
}
