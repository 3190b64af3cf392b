import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  DIRECT,
  describeRoute,
  isFallbackError,
  isNetError,
  NetError,
  type ProxyResolver,
  type ProxyRoute,
  type Resolution,
  type RouteFailure,
} from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { channels } from '../diagnostics.js';
import { type LayerOptions, TRANSACTION, Transaction } from '../pool/transaction.js';
import type { NormalOptions } from './internal.js';
import { RecentUrls } from './recent-urls.js';

/**
 * The layer that chooses the way to the origin, once for all rounds of a request: a fixed route, or the first route of
 * the resolver's list that can be used. Another route is tried only before bytes of the request were sent.
 *
 * @param way - one route for everything, or who is asked for each request.
 */
export function route(way: ProxyRoute | ProxyResolver): Dispatcher.DispatcherComposeInterceptor {
  if ('resolve' in way) {
    const urls = new RecentUrls();
    return (dispatch) => (options, handler) => routed(way, urls, dispatch, options as LayerOptions, handler);
  }
  return (dispatch) =>
    function fixedRoute(options, handler) {
      const transaction = (options as LayerOptions)[TRANSACTION];
      if (transaction !== undefined) {
        transaction.route = way;
        return dispatch(options, handler);
      }
      const made = new Transaction((options as unknown as NormalOptions).body, false);
      made.route = way;
      handler.onRequestStart?.(made, undefined);
      return dispatch({ ...options, [TRANSACTION]: made } as LayerOptions, handler);
    };
}

function routed(
  resolver: ProxyResolver,
  urls: RecentUrls,
  dispatch: Dispatcher.Dispatch,
  options: LayerOptions,
  handler: Dispatcher.DispatchHandler,
): boolean {
  const present = options[TRANSACTION];
  if (present?.routed === true) return dispatch(options, handler);
  const transaction = present ?? new Transaction((options as unknown as NormalOptions).body, false);
  if (present === undefined) handler.onRequestStart?.(transaction, undefined);
  new RouteHandler(resolver, urls, dispatch, { ...options, [TRANSACTION]: transaction }, handler, transaction).begin();
  return true;
}

/** Tries the routes of one request in order, and tells the resolver what came of them. */
class RouteHandler implements Dispatcher.DispatchHandler {
  readonly #resolver: ProxyResolver;
  readonly #urls: RecentUrls;
  readonly #dispatch: Dispatcher.Dispatch;
  readonly #options: LayerOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #transaction: Transaction;
  readonly #failures: RouteFailure[] = [];
  #resolution: Resolution | undefined;
  #position = 0;
  #settled = false;

  constructor(
    resolver: ProxyResolver,
    urls: RecentUrls,
    dispatch: Dispatcher.Dispatch,
    options: LayerOptions,
    handler: Dispatcher.DispatchHandler,
    transaction: Transaction,
  ) {
    this.#resolver = resolver;
    this.#urls = urls;
    this.#dispatch = dispatch;
    this.#options = options;
    this.#handler = handler;
    this.#transaction = transaction;
  }

  begin(): void {
    let known: Resolution | undefined;
    try {
      known = this.#resolver.resolveNow?.(this.#urls.parse(this.#url));
      if (known !== undefined) this.#use(known);
    } catch (error) {
      this.#handler.onResponseError?.(this.#transaction, this.#describe(error as Error));
      return;
    }
    if (known === undefined) this.#beginLater();
    else this.#try();
  }

  #beginLater(): void {
    const transaction = this.#transaction;
    let cancelled = false;
    transaction.onCancel((reason) => {
      cancelled = true;
      this.#handler.onResponseError?.(transaction, reason);
    });
    if (cancelled) return;
    this.#resolve().then(
      () => {
        transaction.onCancel(undefined);
        if (cancelled) return;
        this.#try();
      },
      (error: Error) => {
        transaction.onCancel(undefined);
        if (!cancelled) this.#handler.onResponseError?.(transaction, this.#describe(error));
      },
    );
  }

  async #resolve(): Promise<void> {
    this.#use(await this.#resolver.resolve(this.#urls.parse(this.#url), new Question(this.#transaction)));
  }

  /** @throws NetError for what is no answer. */
  #use(resolution: Resolution): void {
    if (!Array.isArray(resolution?.routes) || resolution.routes.length === 0) {
      throw new NetError('ERR_NO_SUPPORTED_PROXIES', { url: this.#url, detail: 'the proxy resolver gave no route' });
    }
    if (channels.proxyResolved.hasSubscribers) {
      const { routes, why } = resolution;
      channels.proxyResolved.publish({ url: this.#url, routes: routes.map(describeRoute), source: why.source });
    }
    this.#resolution = resolution;
    this.#transaction.routed = true;
  }

  #try(): void {
    this.#transaction.route = this.#current;
    this.#dispatch(this.#options, this);
  }

  get #url(): string {
    const { origin, path, upgrade } = this.#options;
    const url = String(origin) + path;
    return upgrade === 'websocket' ? url.replace(/^http/, 'ws') : url;
  }

  get #current(): ProxyRoute {
    return this.#resolution?.routes[this.#position] ?? DIRECT;
  }

  onRequestStart(): void {
    // The layers above have the transaction as their controller already.
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#settle(true);
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    this.#settle(true);
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    const { aborted, bytesSent } = this.#transaction;
    if (!this.#settled && !aborted && isNetError(error) && isFallbackError(error.code, this.#current)) {
      const failure = { route: this.#current, error };
      this.#failures.push(failure);
      const next = this.#resolution?.routes[this.#position + 1];
      if (!bytesSent && next !== undefined) {
        this.#resolution?.failed?.(failure);
        this.#fallBack(error, next);
        return;
      }
    }
    this.#settle(false);
    this.#handler.onResponseError?.(controller, error);
  }

  #fallBack(error: NetError, next: ProxyRoute): void {
    if (channels.fallback.hasSubscribers) {
      const failed = describeRoute(this.#current);
      channels.fallback.publish({ url: this.#url, failed, next: describeRoute(next), code: error.code });
    }
    this.#position += 1;
    this.#try();
  }

  #settle(worked: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolution?.settle({
      used: worked ? this.#current : undefined,
      failures: this.#failures,
      bytesSent: this.#transaction.bytesSent && !worked,
    });
  }

  #describe(error: Error): Error {
    if (isNetError(error) || this.#transaction.aborted) return error;
    return new NetError('ERR_FAILED', { url: this.#url, detail: 'the proxy could not be found out', cause: error });
  }
}

/** What a resolver is told; the signal is made for one that wants it. */
class Question {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  get signal(): AbortSignal {
    return this.#transaction.signal;
  }
}
