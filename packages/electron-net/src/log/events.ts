import { parseUrl } from '@netloom/contracts';
import type {
  ConnectionEvent,
  FallbackEvent,
  ProxyResolvedEvent,
  RedirectEvent,
  RetryEvent,
  SignInEvent,
} from '@netloom/core';
import type { EVENTS, SOURCES } from './constants.js';
import type { RequestLogEvent } from './request-log.js';

/** One line of the log. */
export interface LogEvent {
  readonly type: keyof typeof EVENTS;
  readonly source?: { readonly type: keyof typeof SOURCES; readonly id: number };
  readonly phase?: 'BEGIN' | 'END';
  readonly params: object;
}

/** What is written of each event of a channel. */
export const WRITERS: Readonly<Record<string, (event: never) => LogEvent>> = {
  'netloom:facade-request': ({ id, phase, method, url, status, error }: RequestLogEvent) => ({
    type: 'REQUEST_ALIVE',
    source: { type: 'URL_REQUEST', id },
    phase: phase === 'begin' ? 'BEGIN' : 'END',
    params: { method, url: safeUrl(url), response_code: status, net_error: error },
  }),
  'netloom:proxy-resolved': ({ url, routes, source }: ProxyResolvedEvent) => ({
    type: 'PROXY_RESOLUTION_SERVICE_RESOLVED_PROXY_LIST',
    params: { url: safeUrl(url), proxy_list: routes, proxy_source: source },
  }),
  'netloom:connection-opened': (event: ConnectionEvent) => socketEvent(event, 'BEGIN'),
  'netloom:connection-closed': (event: ConnectionEvent) => socketEvent(event, 'END'),
  'netloom:challenge': (event: SignInEvent) => ({ type: 'AUTH_HANDLE_CHALLENGE', params: signIn(event) }),
  'netloom:token-sent': (event: SignInEvent) => ({ type: 'AUTH_GENERATE_TOKEN', params: signIn(event) }),
  'netloom:fallback': ({ url, failed, next, code }: FallbackEvent) => ({
    type: 'PROXY_LIST_FALLBACK',
    params: { url: safeUrl(url), bad_proxy: failed, next_proxy: next, error: code },
  }),
  'netloom:retry': ({ url, reason }: RetryEvent) => ({
    type: 'HTTP_TRANSACTION_RESTART_AFTER_ERROR',
    params: { url: safeUrl(url), error: reason },
  }),
  'netloom:redirect': ({ from, to, status }: RedirectEvent) => ({
    type: 'URL_REQUEST_REDIRECTED',
    params: { url: safeUrl(from), location: safeUrl(to), response_code: status },
  }),
};

function socketEvent({ connection: id, origin, route, protocol }: ConnectionEvent, phase: 'BEGIN' | 'END'): LogEvent {
  return { type: 'SOCKET_ALIVE', source: { type: 'SOCKET', id }, phase, params: { origin, proxy: route, protocol } };
}

function signIn({ target, host, port, schemes, round }: SignInEvent): object {
  return { target, host, port, schemes, round };
}

/** A URL without what may be secret in it. */
function safeUrl(text: string): string {
  const url = parseUrl(text);
  if (url === undefined) return '';
  const { protocol, host, pathname, search } = url;
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}
