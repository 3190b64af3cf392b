import { describeRoute } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import type { RequestBody } from '../body/replay.js';
import { request } from '../engine/undici.js';
import { DELIVER_PROXY_AUTH, PRIVACY, REPORT, type TransactionReport } from '../interceptors/internal.js';
import type { RedirectRequestOptions } from '../interceptors/redirect.js';
import { assertOneOf } from './check.js';

/** Options of a request: those of `undici.request`, and netloom's. */
export interface RequestOptions
  extends Partial<Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'body' | 'method' | 'dispatcher'>>,
    RedirectRequestOptions {
  /** Default `GET`, or `PUT` with a body. */
  readonly method?: Dispatcher.HttpMethod | (string & {}) | undefined;
  /** The body. A function is called for every attempt, so that a body of any size can be sent again. */
  readonly body?: RequestBody;
  /** `omit` sends no credentials to the server and answers no 401; sign-in at a proxy goes on. Default `include`. */
  readonly credentials?: 'include' | 'omit' | undefined;
}

/** The connection that served a request. */
export interface ConnectionInfo {
  /** Number of the connection in this process, from 1. */
  readonly id: number;
  readonly protocol: 'h2' | 'http/1.1';
  /** Whether it had served requests before this one's last attempt. */
  readonly reused: boolean;
}

/** How a request was signed in. */
export interface AuthInfo {
  /** Scheme that the server accepted, in lower case; undefined: none was needed. */
  readonly server: string | undefined;
  /** Scheme that the proxy accepted for this request or its tunnel. */
  readonly proxy: string | undefined;
}

/** Result of `undici.request`, and how the request was served. */
export interface ClientResponse extends Dispatcher.ResponseData {
  /** Undefined for an answer from the cache. */
  readonly connection: ConnectionInfo | undefined;
  /** `direct://`, or the proxy as `scheme://host:port`. */
  readonly route: string | undefined;
  readonly auth: AuthInfo;
}

/** `undici.request` over a client's dispatcher. */
export async function requestWith(
  dispatcher: Dispatcher,
  url: string | URL,
  options: RequestOptions = {},
): Promise<ClientResponse> {
  assertOneOf('credentials', options.credentials, ['include', 'omit']);
  const report: TransactionReport = {};
  const internal = { [REPORT]: report, [DELIVER_PROXY_AUTH]: true, [PRIVACY]: options.credentials === 'omit' };
  const response = await request(url, { ...options, ...internal, dispatcher } as Parameters<typeof request>[1]);
  return Object.assign(response, describe(report)) as ClientResponse;
}

function describe({ transaction }: TransactionReport): Pick<ClientResponse, 'connection' | 'route' | 'auth'> {
  const connection = transaction?.connection;
  return {
    connection: connection && { id: connection.id, protocol: connection.engine.protocol, reused: connection.uses > 1 },
    route: transaction && describeRoute(transaction.route),
    auth: {
      server: transaction?.auth?.serverScheme,
      proxy: transaction?.auth?.proxyScheme ?? connection?.tunnelScheme,
    },
  };
}
