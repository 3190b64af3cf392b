import type { Dispatcher } from 'undici';
import type { RequestBody } from '../body/replay.js';
import { request } from '../engine/undici.js';
import type { CookiesRequestOptions } from '../interceptors/cookies.js';
import type { RedirectRequestOptions } from '../interceptors/redirect.js';
import { type CredentialsRequestOptions, internalFields, Served, type ServedBy } from './served.js';

/** Options of a request: those of `undici.request`, and netloom's. */
export interface RequestOptions
  extends Partial<Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'body' | 'method' | 'dispatcher'>>,
    CredentialsRequestOptions,
    CookiesRequestOptions,
    RedirectRequestOptions {
  /** Default `GET`, or `PUT` with a body. */
  readonly method?: Dispatcher.HttpMethod | (string & {}) | undefined;
  /** The body. A function is called for every attempt, so that a body of any size can be sent again. */
  readonly body?: RequestBody;
}

/** Result of `undici.request`, and how the request was served. */
export interface ClientResponse extends Dispatcher.ResponseData, ServedBy {}

/** `undici.request` over a client's dispatcher. */
export async function requestWith(
  dispatcher: Dispatcher,
  url: string | URL,
  options: RequestOptions = {},
): Promise<ClientResponse> {
  const served = new Served();
  const fields = internalFields(options, served);
  const response = await request(url, { ...options, ...fields, dispatcher } as Parameters<typeof request>[1]);
  const { connection, route, auth } = served;
  return Object.assign(response, { connection, route, auth }) as ClientResponse;
}
