import { NetError } from '@netloom/contracts';
import type { Transaction } from './transaction.js';

/** The requests of a client that have not ended, whatever stage they are at: some hold no connection. */
export class UnderWay {
  readonly #transactions = new Set<Transaction>();
  readonly #waiting = new Set<() => void>();
  #closing: NetError | undefined;

  /** What a new request fails with; undefined while new ones are taken. */
  get closing(): NetError | undefined {
    return this.#closing;
  }

  add(transaction: Transaction): void {
    this.#transactions.add(transaction);
  }

  delete(transaction: Transaction): void {
    this.#transactions.delete(transaction);
    if (this.#transactions.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Takes no new one; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#closing ??= new NetError('ERR_CONTEXT_SHUT_DOWN', { detail: 'the client was closed' });
    if (this.#transactions.size > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Ends all of them with the error. */
  abort(error: Error): void {
    for (const transaction of [...this.#transactions]) transaction.abort(error);
  }
}
