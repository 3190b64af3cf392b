import {
  type AuthScheme,
  type Clock,
  type CredentialsProvider,
  DIRECT,
  type HostResolver,
  type ProxyResolver,
  type ProxyRoute,
  parseProxyUrl,
  systemClock,
} from '@netloom/contracts';
import { basic } from '../auth/basic.js';
import { digest } from '../auth/digest/index.js';
import { REPLAY_BUFFER_BYTES } from '../body/replay.js';
import type { ConnectTimeouts } from '../connect/connector.js';
import type { Destination } from '../connect/types.js';
import { systemHostResolver } from '../dns/system-host-resolver.js';
import type { CacheOptions } from '../interceptors/cache.js';
import type { CookiesOptions } from '../interceptors/cookies.js';
import type { DecodeOptions } from '../interceptors/decode.js';
import type { RedirectOptions } from '../interceptors/redirect.js';
import { type CheckedLimits, type ConnectionLimits, checkLimits } from '../pool/limits.js';
import type { TlsOptions } from '../tls/options.js';
import { assertInteger, assertOptional, show } from './check.js';
import type { PlacedLayer } from './pipeline.js';

/** Time limits of a request in ms; opening a connection has limits of its own in {@link ConnectTimeouts}. */
export interface RequestTimeouts {
  /** From the request's last byte to the response head. Default 0: no limit. */
  readonly headersMs?: number | undefined;
  /** Between two pieces of the body. Default 0: no limit. */
  readonly bodyMs?: number | undefined;
}

/** What {@link createClient} makes a client from. Every field may be left out. */
export interface ClientOptions {
  /**
   * The way to the origins: a proxy's URL in curl's meaning (`http://user:password@proxy.test:3128`, `https://`,
   * `socks4://`, `socks4a://`, `socks5://`, `socks5h://`), a route, or a resolver that is asked for every request.
   * Default: direct.
   */
  readonly proxy?: string | URL | ProxyRoute | ProxyResolver | undefined;
  /** Sign-in schemes in order of preference. Default `[digest(), basic()]`. */
  readonly auth?: readonly AuthScheme[] | undefined;
  /** Who is asked for credentials. Default: nobody. */
  readonly credentials?: CredentialsProvider | undefined;
  /**
   * Servers to which the logged-in user's credentials may go without a question, in the syntax of proxy bypass rules:
   * `*.corp.test, https://intranet`, or a function that is asked with the request's URL. Default: none. Proxies need no
   * entry.
   */
  readonly ambientAllowlist?: string | ((url: string) => boolean) | undefined;
  /**
   * Says where the connections for an origin go instead, such as to a test server; requests stay as they are. The name in
   * the certificate is that of the result. Asked once for each origin and route, and not for http URLs over an HTTP proxy,
   * where the proxy connects. Default: they go to the origin.
   */
  readonly mapDestination?: ((destination: Destination) => Destination) | undefined;
  /** TLS with origins. */
  readonly tls?: TlsOptions | undefined;
  /** TLS with HTTPS proxies. */
  readonly proxyTls?: TlsOptions | undefined;
  /** Whether HTTP/2 is offered to https origins. Default true. */
  readonly http2?: boolean | undefined;
  readonly limits?: ConnectionLimits | undefined;
  readonly timeouts?: (ConnectTimeouts & RequestTimeouts) | undefined;
  /** What becomes of redirects where a request does not say it. Default `{ mode: 'manual' }`. */
  readonly redirect?: RedirectOptions | undefined;
  /** Keeps cookies: true for a jar of the client's own, or options with a jar. Default: no cookies. */
  readonly cookies?: boolean | CookiesOptions | undefined;
  /**
   * Decodes gzip, deflate, br and zstd bodies of requests that set no Accept-Encoding themselves; with `always`, of all.
   * Default false.
   */
  readonly decode?: boolean | DecodeOptions | undefined;
  /** Keeps responses as RFC 9111 allows a private cache. Default: no cache. */
  readonly cache?: boolean | CacheOptions | undefined;
  /** Bytes of a one-shot body that are kept for a further attempt. Default 1 MiB. */
  readonly replayBufferBytes?: number | undefined;
  /**
   * Whether one of the layers serves a scheme besides http, https, ws and wss (without colon). It has to stand above
   * `cookies`. Default: none does. Where redirects may lead is said by {@link RedirectOptions.acceptsScheme}.
   */
  readonly acceptsScheme?: ((scheme: string) => boolean) | undefined;
  /** Layers of one's own at named positions; see {@link LAYERS}. */
  readonly layers?: readonly PlacedLayer[] | undefined;
  readonly hostResolver?: HostResolver | undefined;
  readonly clock?: Clock | undefined;
}

/** {@link ClientOptions} checked, with defaults filled in. */
export interface CheckedOptions {
  readonly way: ProxyRoute | ProxyResolver;
  readonly schemes: readonly AuthScheme[];
  readonly credentials: CredentialsProvider | undefined;
  readonly ambientAllowlist: string | ((url: string) => boolean) | undefined;
  readonly mapDestination: ((destination: Destination) => Destination) | undefined;
  readonly tls: { readonly origin: TlsOptions; readonly proxy: TlsOptions };
  readonly http2: boolean;
  readonly limits: CheckedLimits;
  readonly timeouts: ConnectTimeouts;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly redirect: RedirectOptions;
  readonly cookies: CookiesOptions | undefined;
  readonly decode: DecodeOptions | undefined;
  readonly cache: CacheOptions | undefined;
  readonly replayBufferBytes: number;
  readonly acceptsScheme: ((scheme: string) => boolean) | undefined;
  readonly layers: readonly PlacedLayer[];
  readonly hostResolver: HostResolver;
  readonly clock: Clock;
}

const KNOWN = new Set<string>([
  'proxy',
  'auth',
  'credentials',
  'ambientAllowlist',
  'mapDestination',
  'tls',
  'proxyTls',
  'http2',
  'limits',
  'timeouts',
  'redirect',
  'cookies',
  'decode',
  'cache',
  'replayBufferBytes',
  'acceptsScheme',
  'layers',
  'hostResolver',
  'clock',
] satisfies (keyof ClientOptions)[]);

/** @throws TypeError naming the option that cannot be used, what was expected and what came. */
export function checkOptions(options: ClientOptions = {}): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`client options have to be an object; got ${show(options)}`);
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    throw new TypeError(`${show(unknown)} is no option of a client; there are ${[...KNOWN].join(', ')}`);
  const { headersMs = 0, bodyMs = 0, ...connectTimeouts } = options.timeouts ?? {};
  const { replayBufferBytes = REPLAY_BUFFER_BYTES } = options;
  assertInteger('timeouts.headersMs', headersMs, 0);
  assertInteger('timeouts.bodyMs', bodyMs, 0);
  assertInteger('replayBufferBytes', replayBufferBytes, 0);
  assertOptional('credentials', options.credentials, 'function');
  assertOptional('http2', options.http2, 'boolean');
  assertOptional('tls', options.tls, 'object');
  assertOptional('proxyTls', options.proxyTls, 'object');
  if (typeof options.ambientAllowlist !== 'function')
    assertOptional('ambientAllowlist', options.ambientAllowlist, 'string');
  assertOptional('mapDestination', options.mapDestination, 'function');
  assertOptional('acceptsScheme', options.acceptsScheme, 'function');
  if (options.layers !== undefined && !Array.isArray(options.layers))
    throw new TypeError(`layers have to be an array; got ${show(options.layers)}`);
  return {
    way: wayOf(options.proxy),
    schemes: options.auth ?? [digest(), basic()],
    credentials: options.credentials,
    ambientAllowlist: options.ambientAllowlist,
    mapDestination: options.mapDestination,
    tls: { origin: options.tls ?? {}, proxy: options.proxyTls ?? {} },
    http2: options.http2 ?? true,
    limits: checkLimits(options.limits),
    timeouts: connectTimeouts,
    headersMs,
    bodyMs,
    redirect: { mode: 'manual', ...options.redirect },
    cookies: switched('cookies', options.cookies),
    decode: switched('decode', options.decode),
    cache: switched('cache', options.cache),
    replayBufferBytes,
    acceptsScheme: options.acceptsScheme,
    layers: options.layers ?? [],
    hostResolver: options.hostResolver ?? systemHostResolver,
    clock: options.clock ?? systemClock,
  };
}

function wayOf(proxy: ClientOptions['proxy']): ProxyRoute | ProxyResolver {
  if (proxy === undefined) return DIRECT;
  if (typeof proxy === 'string' || proxy instanceof URL) return { proxy: parseProxyUrl(String(proxy)) };
  if (
    typeof proxy === 'object' &&
    proxy !== null &&
    ('proxy' in proxy || typeof (proxy as ProxyResolver).resolve === 'function')
  )
    return proxy;
  throw new TypeError(`proxy has to be a URL, a route { proxy } or a resolver with resolve(url); got ${show(proxy)}`);
}

function switched<T extends object>(name: string, value: boolean | T | undefined): T | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return {} as T;
  if (typeof value === 'object' && value !== null) return value;
  throw new TypeError(`${name} has to be a boolean or an object; got ${show(value)}`);
}
