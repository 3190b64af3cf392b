import { NetError } from '@netloom/contracts';
import type { Layer } from '../client/pipeline.js';
import { deadController } from '../interceptors/internal.js';
import { LinkedList } from './linked-list.js';
import type { Transaction } from './transaction.js';

/** The requests of a client that have not ended, whatever stage they are at: some hold no connection. */
export class UnderWay {
  readonly #transactions = new LinkedList<Transaction>();
  readonly #waiting = new Set<() => void>();
  #closing: NetError | undefined;

  add(transaction: Transaction): void {
    this.#transactions.add(transaction);
  }

  delete(transaction: Transaction): void {
    this.#transactions.delete(transaction);
    if (this.#transactions.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Takes no new one; resolves when those under way have ended, with what follows from them, such as redirects. */
  async close(): Promise<void> {
    this.#closing ??= new NetError('ERR_CONTEXT_SHUT_DOWN', { detail: 'the client was closed' });
    while (this.#transactions.size > 0) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      // What follows begins in the same turn.
      await new Promise(setImmediate);
    }
  }

  /** A layer above all those that send requests of their own: it refuses what comes when new ones are not taken. */
  refusing(layer: Layer): Layer {
    return (dispatch) => {
      const taken = layer(dispatch);
      return (options, handler) => {
        if (this.#closing === undefined) return taken(options, handler);
        handler.onResponseError?.(deadController(this.#closing), this.#closing);
        return false;
      };
    };
  }

  /** Ends all of them with the error. */
  abort(error: Error): void {
    for (const transaction of [...this.#transactions]) transaction.abort(error);
  }
}
