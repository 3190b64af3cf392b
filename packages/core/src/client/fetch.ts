import type { Dispatcher, RequestInfo, RequestInit, Response } from 'undici';
import { type Fetch, loadFetch } from '../engine/undici.js';

/**
 * undici's fetch over a dispatcher. It does not know the Request of the built-in fetch, which is another class: such a
 * one is taken apart.
 */
export function fetchWith(
  dispatcher: Dispatcher,
  input: RequestInfo | globalThis.Request,
  init: RequestInit = {},
): Promise<Response> {
  const fetch = loadFetch();
  return typeof fetch === 'function'
    ? fetchBy(fetch, dispatcher, input, init)
    : fetch.then((loaded) => fetchBy(loaded, dispatcher, input, init));
}

function fetchBy(
  fetch: Fetch,
  dispatcher: Dispatcher,
  input: RequestInfo | globalThis.Request,
  init: RequestInit,
): Promise<Response> {
  // To look at the global class loads Node's own undici, which a URL does not need.
  if (
    typeof input !== 'string' &&
    !(input instanceof URL) &&
    typeof globalThis.Request === 'function' &&
    input instanceof globalThis.Request
  ) {
    return fetch(input.url, { ...initOf(input), ...init, dispatcher });
  }
  return fetch(input as RequestInfo, { ...init, dispatcher });
}

function initOf(request: globalThis.Request): RequestInit {
  const { method, headers, body, redirect, signal, integrity, keepalive, credentials, referrer, referrerPolicy } =
    request;
  const init = { method, headers, body, redirect, signal, integrity, keepalive, credentials, referrer, referrerPolicy };
  return { ...init, ...(body === null ? {} : { duplex: 'half' }) } as RequestInit;
}
