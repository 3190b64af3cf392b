import type { Session } from '../session/session.js';
import { parsedUrl } from './parsed-url.js';
import { type HeaderEntries, toHeaderEntries } from './request-headers.js';

/** What {@link Net.request} makes a request from. */
export interface ClientRequestConstructorOptions {
  /** Method; upper case whatever it is given in. Default `GET`. */
  method?: string;
  /** Absolute `http:` or `https:` URL. User info answers a 401 of its origin. */
  url?: string;
  /** Fields to send. */
  headers?: Record<string, string | string[]>;
  /** Session to send the request in. Default: that of `partition`. */
  session?: Session;
  /** Name of the session, see {@link SessionModule.fromPartition}. Default: the default session. */
  partition?: string;
  /** When true, handlers of custom protocols are not asked. Default false. */
  bypassCustomProtocolHandlers?: boolean;
  /**
   * `include` sends cookies and answers challenges; `omit` does neither, and a 401 is delivered without a `login` event;
   * `same-origin` is one of these, depending on `origin`, which it needs. Default: challenges are answered, and cookies
   * go along where `useSessionCookies` says so.
   */
  credentials?: 'include' | 'omit' | 'same-origin';
  /** Whether the session's cookies go along, where `credentials` does not decide. Default false. */
  useSessionCookies?: boolean;
  /** Scheme with colon, where there is no `url`. Default `http:`. */
  protocol?: 'http:' | 'https:';
  /** Host with port, where there is no `url`. */
  host?: string;
  /** Host without port, where there is neither `url` nor `host`. Default `localhost`. */
  hostname?: string;
  /** Port that belongs to `hostname`. Default: that of the scheme. */
  port?: number;
  /** Path with query, where there is no `url`; of a whole URL, what follows the host. Default `/`. */
  path?: string;
  /**
   * `follow` goes where redirects lead; `error` fails the request; `manual` fails it unless a `redirect` listener calls
   * {@link ClientRequest.followRedirect} before it returns. Default `follow`.
   */
  redirect?: 'follow' | 'error' | 'manual';
  /** The origin on whose behalf the request is made, for fetch metadata and `credentials`. A path is dropped. */
  origin?: string;
  /** How much of the `Referer` field is sent. Default `strict-origin-when-cross-origin`. */
  referrerPolicy?:
    | ''
    | 'no-referrer'
    | 'no-referrer-when-downgrade'
    | 'origin'
    | 'origin-when-cross-origin'
    | 'unsafe-url'
    | 'same-origin'
    | 'strict-origin'
    | 'strict-origin-when-cross-origin';
  /** How the cache is used. Default `default`. */
  cache?: 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';
  /** Urgency, told to https servers (RFC 9218). Default `idle`. */
  priority?: 'throttled' | 'idle' | 'lowest' | 'low' | 'medium' | 'highest';
  /** Whether the response is of use before it is complete (RFC 9218). Default true. */
  priorityIncremental?: boolean;
}

/** A request as it was asked for. Programs read it from the request, and some write to it before it starts. */
export interface Request
  extends Pick<
    ClientRequestConstructorOptions,
    | 'session'
    | 'partition'
    | 'bypassCustomProtocolHandlers'
    | 'credentials'
    | 'useSessionCookies'
    | 'origin'
    | 'referrerPolicy'
    | 'cache'
    | 'priority'
    | 'priorityIncremental'
  > {
  method: string;
  url: string;
  redirectPolicy: NonNullable<ClientRequestConstructorOptions['redirect']>;
  headers: HeaderEntries;
}

type Parts = Pick<ClientRequestConstructorOptions, 'protocol' | 'host' | 'hostname' | 'port' | 'path'> & {
  auth?: string | null;
  href?: string;
};

/** Set on the options of `fetch`, which takes URLs of other schemes than http and https. */
export const ANY_SCHEME = Symbol('netloom.anyScheme');

/** Options that may be those of a `fetch`. */
export type AnySchemeOptions = ClientRequestConstructorOptions & { readonly [ANY_SCHEME]?: true };

const REDIRECT_MODES: ReadonlySet<string> = new Set(['follow', 'error', 'manual']);

/**
 * Reads the argument of {@link Net.request}: a URL, Electron's options, or what node:http takes (the result of
 * `url.parse()` among it).
 *
 * @throws Error and TypeError with Electron's messages.
 */
export function parseRequestOptions(given: ClientRequestConstructorOptions | string | URL): Request {
  const options = optionsOf(given);
  const { href } = options as Parts;
  // What is empty counts as left out, as it does in Electron.
  const url = options.url ? String(options.url) : href || urlOfParts(options as Parts);
  const redirectPolicy = options.redirect || 'follow';
  if (!REDIRECT_MODES.has(redirectPolicy)) {
    throw new Error('redirect mode should be one of follow, error or manual');
  }
  if (options.headers !== undefined && options.headers !== null && typeof options.headers !== 'object') {
    throw new TypeError('headers must be an object');
  }
  const { method, headers, session, partition, credentials, origin } = options;
  if (method && typeof method !== 'string') throw new TypeError('`method` should be a string');
  if (!session && partition && typeof partition !== 'string') throw new TypeError('`partition` should be a string');
  const request = {
    method: (method || 'GET').toUpperCase(),
    url,
    redirectPolicy,
    headers: toHeaderEntries(headers ?? undefined),
    session,
    partition,
    bypassCustomProtocolHandlers: options.bypassCustomProtocolHandlers,
    credentials,
    useSessionCookies: options.useSessionCookies,
    origin,
    referrerPolicy: options.referrerPolicy,
    cache: options.cache,
    priority: options.priority,
    priorityIncremental: options.priorityIncremental,
  } as Request;
  const { protocol } = parsedUrl(url).url;
  if (protocol !== 'http:' && protocol !== 'https:' && options[ANY_SCHEME] !== true) {
    throw new Error('ClientRequest only supports http: and https: protocols');
  }
  if (credentials === 'same-origin' && !origin) throw new Error('credentials: same-origin requires origin to be set');
  return request;
}

function optionsOf(given: unknown): AnySchemeOptions {
  if (typeof given === 'string') return { url: given };
  if (given instanceof URL) return { url: given.href };
  if (typeof given === 'object' && given !== null) return given;
  throw new TypeError(`a request needs a URL or an object with options; got ${given === null ? 'null' : typeof given}`);
}

/** What Electron drops of a `path` that is a whole URL: scheme and host, as url.parse() reads them. */
const ORIGIN_OF_PATH = /^(?:(?:https?|ftp|file|wss?):(?![/\\]{2})|[a-z0-9.+-]+:(?:[/\\]{2})?[^/?#\\]*)/i;

/** A URL from the parts that node:http takes. */
function urlOfParts({ protocol, host, hostname, port, path, auth }: Parts): string {
  if (path && / /.test(path)) throw new TypeError('Request path contains unescaped characters');
  const scheme = protocol || 'http:';
  const name = hostname || 'localhost';
  const authority =
    host || (name.includes(':') && !name.startsWith('[') ? `[${name}]` : name) + (port ? `:${port}` : '');
  const target = (path ?? '').replace(ORIGIN_OF_PATH, '') || '/';
  const user = auth ? `${auth.split(':').map(encodeURIComponent).join(':')}@` : '';
  return `${scheme}${scheme.endsWith(':') ? '' : ':'}//${user}${authority}${/^[/?#\\]/.test(target) ? '' : '/'}${target}`;
}
