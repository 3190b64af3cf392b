import { ClientRequest } from './client-request.js';
import type { IncomingMessage } from './incoming-message.js';
import { urlOf } from './parsed-url.js';
import type { RequestContext } from './request-context.js';
import { toFieldText } from './request-headers.js';
import {
  ANY_SCHEME,
  type AnySchemeOptions,
  type ClientRequestConstructorOptions,
  parseRequestOptions,
} from './request-options.js';
import { bodyOf } from './response-body.js';

/** What {@link Net.fetch} takes beside the options of the Fetch standard. */
export interface FetchOptions extends RequestInit {
  /** When true, handlers of custom protocols are not asked. Default false. */
  bypassCustomProtocolHandlers?: boolean;
  /** How the cache is used; Node's types do not know it. Default `default`. */
  cache?: NonNullable<ClientRequestConstructorOptions['cache']>;
}

/** The greatest that a Response can be made with. */
const MAX_STATUS = 599;
/** Statuses whose responses have no body (Fetch standard section 2.2.3). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * `fetch` of the standard over a session's client.
 *
 * @param make - makes the request; by default it is one of the context.
 */
export async function fetchWith(
  context: RequestContext,
  input: string | URL | Request,
  given?: FetchOptions,
  make = (options: ClientRequestConstructorOptions) => new ClientRequest(parseRequestOptions(options), context),
): Promise<Response> {
  const init = given ?? {};
  const request = requestOf(input, init);
  const { signal } = request;
  if (signal?.aborted) {
    if (request.body !== null) giveBack(request.body, signal.reason);
    throw signal.reason;
  }
  const client = make(optionsOf(request, init));
  client._credentialsProvider = context.askForFetch;
  return new Promise((resolve, reject) => {
    let url = request.url;
    const onAbort = () => {
      reject(signal?.reason);
      client._response?.destroy(signal?.reason);
      client.destroy();
    };
    const forget = () => signal?.removeEventListener('abort', onAbort);
    signal?.addEventListener('abort', onAbort, { once: true });
    client.on('redirect', (_status, _method, target) => {
      url = target;
    });
    client.once('response', (message) => {
      message.once('close', forget);
      try {
        resolve(toResponse(request, message, url));
      } catch (error) {
        reject(error);
        message.destroy();
      }
    });
    client.once('error', (error) => {
      forget();
      reject(error);
    });
    send(request, client).catch((error: Error) => client.destroy(error));
  });
}

/** What is used of a Request; the standard's own costs as much as all the rest of a small exchange. */
type FetchRequest = Pick<
  Request,
  'method' | 'url' | 'headers' | 'body' | 'redirect' | 'credentials' | 'mode' | 'referrerPolicy'
> & { readonly signal: AbortSignal | undefined };

function requestOf(input: string | URL | Request, init: FetchOptions): FetchRequest {
  const isPlain =
    !(typeof input === 'object' && input !== null && 'headers' in input) && Object.keys(init).length === 0;
  const text = String(input);
  const url = isPlain ? urlOf(text) : undefined;
  if (url?.username === '' && url.password === '') return { ...PLAIN, url: url.href, headers: new Headers() };
  return new Request(input, init.body && typeof init.body === 'object' ? { duplex: 'half', ...init } : init);
}

const PLAIN: Omit<FetchRequest, 'url' | 'headers'> = {
  method: 'GET',
  body: null,
  redirect: 'follow',
  credentials: 'same-origin',
  mode: 'cors',
  referrerPolicy: '',
  signal: undefined,
};

function optionsOf(request: FetchRequest, init: FetchOptions): AnySchemeOptions {
  const { method, url, redirect, credentials, mode } = request;
  const headers = Object.fromEntries(request.headers);
  const { origin } = headers;
  // Requests of the standard are for `cors` unless they say otherwise, which says nothing without an origin.
  const isStated = origin !== undefined || mode !== 'cors';
  return {
    method,
    url,
    redirect,
    headers: isStated ? { 'sec-fetch-mode': mode, ...headers } : headers,
    // Without an origin there is nothing to be the same as.
    credentials: credentials === 'same-origin' && origin === undefined ? 'include' : credentials,
    // Node's types of Request and RequestInit do not know it, Node does.
    cache: (request as FetchOptions).cache ?? 'default',
    referrerPolicy: request.referrerPolicy as NonNullable<ClientRequestConstructorOptions['referrerPolicy']>,
    bypassCustomProtocolHandlers: init.bypassCustomProtocolHandlers === true,
    [ANY_SCHEME]: true,
    ...(origin === undefined ? {} : { origin }),
  };
}

async function send({ body, signal }: FetchRequest, client: ClientRequest): Promise<void> {
  if (body !== null) {
    const reader = body.getReader();
    client.once('close', () => giveBack(reader, signal?.reason));
    for (let part = await reader.read(); !part.done && !client.destroyed; part = await reader.read()) {
      client.write(part.value);
    }
  }
  if (!client.destroyed) client.end();
}

/** Tells who makes a body that no more of it is wanted. What he thinks of that is no matter of the response. */
function giveBack(body: { cancel(reason: unknown): Promise<void> }, reason: unknown): void {
  body.cancel(reason).catch(() => undefined);
}

function toResponse({ method, url: asked }: FetchRequest, message: IncomingMessage, url: string): Response {
  const { statusCode: status, rawHeaders } = message;
  const statusText = toFieldText(message.statusMessage);
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i] as string, toFieldText(rawHeaders[i + 1]));
  }
  const isEmpty = method === 'HEAD' || WITHOUT_BODY.has(status);
  if (isEmpty) message.resume();
  const body = isEmpty ? null : bodyOf(message);
  const isOrdinary = status <= MAX_STATUS;
  const response = new Response(body, { status: isOrdinary ? status : MAX_STATUS, statusText, headers });
  // There are servers that answer 999, and browsers that show it.
  if (!isOrdinary) Object.defineProperty(response, 'status', { value: status, configurable: true });
  return Object.defineProperties(response, {
    url: { value: withoutFragment(url), configurable: true },
    redirected: { value: url !== asked, configurable: true },
  });
}

function withoutFragment(url: string): string {
  if (!url.includes('#')) return url;
  const { href, hash } = new URL(url);
  return href.slice(0, href.length - hash.length);
}
