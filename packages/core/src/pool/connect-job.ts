import { NetError } from '@netloom/contracts';
import type { GroupProfile } from './group.js';
import type { Waiter } from './waiters.js';

/** A connection that is being opened, for one of those who wait. */
export class ConnectJob {
  readonly profile: GroupProfile;
  /** Whose failure a failure is; undefined once nobody needs the connection any more. */
  waiter: Waiter | undefined;
  readonly #abort = new AbortController();

  constructor(profile: GroupProfile, waiter: Waiter) {
    this.profile = profile;
    this.waiter = waiter;
    waiter.job = this;
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
