import { NetError } from '@netloom/contracts';
import type { GroupProfile } from './group.js';
import type { Waiter } from './waiters.js';

/** A connection that is being opened, for one of those who wait or ahead of requests. */
export class ConnectJob {
  readonly profile: GroupProfile;
  /** Whose failure a failure is; undefined once nobody needs the connection any more. */
  waiter: Waiter | undefined;
  /** It is wanted whether anybody waits or not, and its failure is nobody's. */
  readonly isAhead: boolean;
  readonly #abort = new AbortController();

  /** @param waiter - undefined: it is opened ahead of requests. */
  constructor(profile: GroupProfile, waiter: Waiter | undefined) {
    this.profile = profile;
    this.isAhead = waiter === undefined;
    this.waiter = waiter;
    if (waiter !== undefined) waiter.job = this;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The connection is open, or could not be opened: whoever still waits needs another job. */
  end(): void {
    if (this.waiter?.job === this) this.waiter.job = undefined;
  }

  /** Nobody waits for this connection any more. */
  abort(): void {
    this.#abort.abort(new NetError('ERR_ABORTED'));
  }
}
