import { isNetError, NetError, type ProxyResolver, type ProxyRoute, parseUrl } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { channels } from '../diagnostics.js';
import { route } from '../interceptors/route.js';
import type { Pool } from '../pool/pool.js';
import { type LayerOptions, TRANSACTION } from '../pool/transaction.js';
import { assertInteger } from './check.js';

/** How {@link Client.preconnect} opens connections. */
export interface PreconnectOptions {
  /** How many there are to be, those included that are open already. Default 1, at most `limits.perOrigin`. */
  readonly connections?: number | undefined;
}

/**
 * Opens connections by the way that a request to the URL would take, the next route in place of one that fails. Resolves
 * also when none could be opened.
 *
 * @throws TypeError for a URL or a number that cannot be used.
 */
export async function preconnect(
  way: ProxyRoute | ProxyResolver,
  pool: Pool,
  url: string | URL,
  { connections = 1 }: PreconnectOptions = {},
): Promise<void> {
  const parsed = parseUrl(String(url));
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new TypeError('url has to be an http or https URL');
  }
  assertInteger('connections', connections, 1);
  const { origin } = parsed;

  const open: Dispatcher.Dispatch = (options, handler) => {
    const transaction = (options as LayerOptions)[TRANSACTION]!;
    pool.preconnect(options, transaction, connections).then(
      // What a response tells the resolver: this route works.
      () => handler.onResponseStart?.(transaction, 200, {}, ''),
      (error: Error) => handler.onResponseError?.(transaction, error),
    );
    return true;
  };
  await new Promise<void>((resolve) => {
    route(way)(open)(
      { origin, path: '/', method: 'GET', headers: [] },
      {
        onResponseStart: () => resolve(),
        onResponseError(_controller, error) {
          if (channels.preconnectFailed.hasSubscribers) {
            const { code } = isNetError(error) ? error : new NetError('ERR_FAILED');
            channels.preconnectFailed.publish({ url: origin, code });
          }
          resolve();
        },
      },
    );
  });
}
