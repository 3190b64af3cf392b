import { NetError } from '@netloom/contracts';
import type { Dispatcher, RequestInfo, RequestInit, Response } from 'undici';
import { AuthState } from '../auth/state.js';
import { TunnelSignIn } from '../auth/tunnel-auth.js';
import { createConnector } from '../connect/connector.js';
import { authority } from '../connect/tunnel-head.js';
import type { TunnelAuth } from '../connect/types.js';
import { loadEngine } from '../engine/create-engine.js';
import { cache } from '../interceptors/cache.js';
import { cookies } from '../interceptors/cookies.js';
import { decode } from '../interceptors/decode.js';
import { entry } from '../interceptors/entry.js';
import { redirect } from '../interceptors/redirect.js';
import { route } from '../interceptors/route.js';
import { signIn } from '../interceptors/sign-in.js';
import type { ConnectJob } from '../pool/connect-job.js';
import { Pool } from '../pool/pool.js';
import { UnderWay } from '../pool/under-way.js';
import { type DispatchOptions, dispatchWith } from './dispatch.js';
import { ClientDispatcher } from './dispatcher.js';
import { fetchWith } from './fetch.js';
import type { FetchDispatcher } from './fetch-dispatcher.js';
import { type CheckedOptions, type ClientOptions, checkOptions } from './options.js';
import { assemble } from './pipeline.js';
import { type PreconnectOptions, preconnect } from './preconnect.js';
import { type ClientResponse, type RequestOptions, requestWith } from './request.js';
import type { ServedBy } from './served.js';

/** An HTTP client. Made by {@link createClient}. */
export interface Client {
  /** The client for everything that takes an undici Dispatcher. */
  readonly dispatcher: FetchDispatcher;
  /** `fetch` of undici over this client. */
  fetch(input: RequestInfo | globalThis.Request, init?: RequestInit): Promise<Response>;
  /**
   * `undici.request` over this client; the result also tells connection, route and sign-in. A 407 that nobody can answer
   * is a response here, and an error for the other ways to use the client.
   *
   * @throws NetError, TypeError for wrong arguments, or the reason of the caller's AbortSignal.
   */
  request(url: string | URL, options?: RequestOptions): Promise<ClientResponse>;
  /**
   * undici's `dispatch` with netloom's options. The result tells connection, route and sign-in, complete by the time that
   * the handler gets the response head. A 407 that nobody can answer is a response here, as for {@link Client.request}.
   *
   * @throws TypeError for wrong arguments that concern credentials; the handler is told all other failures.
   */
  dispatch(options: DispatchOptions, handler: Dispatcher.DispatchHandler): ServedBy;
  /**
   * Opens connections for the requests that are to come to a URL's origin, by the way that they will take. Resolves when
   * they are open, or could not be opened: failures are told by the channel `netloom:preconnect-failed` and by the
   * requests. Rejects with a TypeError for a URL or a number that cannot be used.
   */
  preconnect(url: string | URL, options?: PreconnectOptions): Promise<void>;
  /** Forgets all credentials, closes idle connections, and with them those that were signed in. */
  clearAuthCache(): void;
  /** Closes idle connections. */
  closeIdleConnections(): void;
  /** Closes all connections at once, and goes on. Requests under way fail with the error, by default `ERR_ABORTED`. */
  closeAllConnections(error?: Error): void;
  /**
   * Takes no new request; resolves when those under way have ended, redirects included, and all connections are closed.
   * What was upgraded to another protocol, such as a WebSocket, is the program's own and stays open.
   */
  close(): Promise<void>;
  /** Ends everything at once, WebSockets included; requests under way fail with the error, by default `ERR_ABORTED`. */
  destroy(error?: Error | null): Promise<void>;
}

/**
 * Makes a client: connections, sign-in and layers of its own, shared with no other client.
 *
 * @throws TypeError for options that cannot be used.
 *
 * @example
 * ```ts
 * import { createClient } from '@netloom/core';
 *
 * const client = createClient({
 *   proxy: 'http://proxy.test:3128',
 *   credentials: async ({ target }) => (target === 'proxy' ? { username: 'alice', password: 'wonderland' } : undefined),
 * });
 * const { statusCode, body, route } = await client.request('https://example.org/');
 * console.log(statusCode, route, await body.text());
 * await client.close();
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const checked = checkOptions(options);
  const auth = new AuthState({
    schemes: checked.schemes,
    credentials: checked.credentials,
    allowlist: checked.ambientAllowlist,
    clock: checked.clock,
    hostResolver: checked.hostResolver,
  });
  const pool = createPool(checked, auth);
  const underWay = new UnderWay();
  const dispatch = assemble(
    {
      entry: entry({ replayBufferBytes: checked.replayBufferBytes, acceptsScheme: checked.acceptsScheme }),
      redirect: underWay.refusing(redirect(checked.redirect)),
      cookies: checked.cookies && cookies(checked.cookies),
      decode: checked.decode && decode(checked.decode),
      cache: checked.cache && cache(checked.cache),
      'sign-in': signIn(auth, underWay),
      route: route(checked.way),
    },
    checked.layers,
    (request, handler) => pool.dispatch(request, handler),
  );

  const close = async () => {
    await underWay.close();
    await pool.close();
    if ('close' in checked.way) await checked.way.close?.();
  };
  const destroy = async (error?: Error | null) => {
    const reason = error ?? new NetError('ERR_ABORTED', { detail: 'the client was destroyed' });
    const ended = underWay.close();
    underWay.abort(reason);
    await Promise.all([ended, pool.destroy(reason)]);
    if ('close' in checked.way) await checked.way.close?.();
  };
  const dispatcher = new ClientDispatcher({ dispatch, close, destroy }) as ClientDispatcher & FetchDispatcher;
  return {
    dispatcher,
    fetch: (input, init) => fetchWith(dispatcher, input, init),
    request: (url, requestOptions) => requestWith(dispatcher, url, requestOptions),
    dispatch: (request, handler) => dispatchWith(dispatcher, request, handler),
    preconnect: (url, given) => preconnect(checked.way, pool, url, given),
    clearAuthCache() {
      auth.clear();
      pool.closeIdle();
    },
    closeIdleConnections: () => pool.closeIdle(),
    closeAllConnections: (error = new NetError('ERR_ABORTED', { detail: 'connections were closed' })) =>
      pool.closeAll(error),
    close,
    destroy,
  };
}

function createPool(checked: CheckedOptions, auth: AuthState): Pool {
  const { hostResolver, clock, timeouts, tls, limits, http2, headersMs, bodyMs, mapDestination } = checked;
  return new Pool({
    connector: createConnector({ hostResolver, clock, timeouts, tls }),
    loadEngine,
    limits,
    http2,
    headersMs,
    bodyMs,
    mapDestination,
    tunnelAuth: (job) => signInForTunnel(auth, job),
  });
}

function signInForTunnel(auth: AuthState, job: ConnectJob): TunnelAuth | undefined {
  const { profile, waiter } = job;
  const { proxy } = profile.route;
  if (proxy?.scheme !== 'http' && proxy?.scheme !== 'https') return undefined;
  const context = waiter?.transaction.auth?.promptContext;
  return new TunnelSignIn(
    auth,
    proxy,
    authority(profile.destination),
    context,
    () => job.waiter?.transaction.auth?.asks,
  );
}
