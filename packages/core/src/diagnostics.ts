import { type Channel, channel } from 'node:diagnostics_channel';

/** What a connection was opened for. */
export interface ConnectionEvent {
  readonly connection: number;
  readonly origin: string;
  /** `direct://` or `scheme://host:port`. */
  readonly route: string;
  /** `h2` or `http/1.1`. */
  readonly protocol: string;
}

/** A peer asked for sign-in, or a token was sent to it. */
export interface SignInEvent {
  readonly target: 'server' | 'proxy';
  readonly host: string;
  readonly port: number;
  /** Schemes offered, or the one used; never a token. */
  readonly schemes: readonly string[];
  /** Round of this sign-in within its request, from 1. */
  readonly round: number;
}

/** The routes of a request were found. */
export interface ProxyResolvedEvent {
  readonly url: string;
  readonly routes: readonly string[];
  readonly source: string;
}

/** A route failed and the next one is tried. */
export interface FallbackEvent {
  readonly url: string;
  readonly failed: string;
  readonly next: string;
  readonly code: string;
}

/** A request is sent again on another connection. */
export interface RetryEvent {
  readonly url: string;
  readonly reason: string;
}

/** No connection could be opened ahead of requests. */
export interface PreconnectFailedEvent {
  readonly url: string;
  readonly code: string;
}

/** A redirect is followed or shown. */
export interface RedirectEvent {
  readonly from: string;
  readonly to: string;
  readonly status: number;
}

const named = <T>(name: string) => channel(`netloom:${name}`) as Channel<unknown, T>;

/**
 * The `node:diagnostics_channel` channels that tell what happens, named `netloom:…`. Subscribers get the event objects
 * of this file; nothing is built while nobody listens.
 */
export const channels = {
  proxyResolved: named<ProxyResolvedEvent>('proxy-resolved'),
  connectionOpened: named<ConnectionEvent>('connection-opened'),
  connectionClosed: named<ConnectionEvent>('connection-closed'),
  challenge: named<SignInEvent>('challenge'),
  tokenSent: named<SignInEvent>('token-sent'),
  fallback: named<FallbackEvent>('fallback'),
  retry: named<RetryEvent>('retry'),
  preconnectFailed: named<PreconnectFailedEvent>('preconnect-failed'),
  redirect: named<RedirectEvent>('redirect'),
} as const;
