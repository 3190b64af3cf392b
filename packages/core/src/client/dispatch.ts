import type { Dispatcher } from 'undici';
import type { RequestBody } from '../body/replay.js';
import type { CacheRequestOptions } from '../interceptors/cache-modes.js';
import type { CookiesRequestOptions } from '../interceptors/cookies.js';
import { withInternalFields } from '../interceptors/normal-options.js';
import type { RedirectRequestOptions } from '../interceptors/redirect.js';
import { type CredentialsRequestOptions, internalFields, Served, type ServedBy } from './served.js';

/** Options of {@link Client.dispatch}: those of undici's `dispatch`, and netloom's. */
export interface DispatchOptions
  extends Omit<Dispatcher.DispatchOptions, 'body' | 'method'>,
    CredentialsRequestOptions,
    CookiesRequestOptions,
    CacheRequestOptions,
    RedirectRequestOptions {
  readonly method: Dispatcher.HttpMethod | (string & {});
  /** The body. A function is called for every attempt, so that a body of any size can be sent again. */
  readonly body?: RequestBody;
  /** Anything, for a layer of one's own that stands in the client. */
  readonly opaque?: unknown;
}

/** `dispatch` of undici with netloom's options. */
export function dispatchWith(
  dispatcher: Dispatcher,
  options: DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): ServedBy {
  const served = new Served();
  dispatcher.dispatch(withInternalFields(options as never, internalFields(options, served)), handler);
  return served;
}
