import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseUrl } from '@netloom/contracts';
import type {
  ConnectionEvent,
  FallbackEvent,
  ProxyResolvedEvent,
  RedirectEvent,
  RetryEvent,
  SignInEvent,
} from '@netloom/core';
import { constants, EVENTS, PHASES, SOURCES } from './constants.js';
import type { RequestLogEvent } from './request-log.js';

/** One line of the log. */
interface LogEvent {
  readonly type: keyof typeof EVENTS;
  readonly source?: { readonly type: keyof typeof SOURCES; readonly id: number };
  readonly phase?: 'BEGIN' | 'END';
  readonly params: object;
}

/** What is written of each event of a channel. */
const WRITERS: Readonly<Record<string, (event: never) => LogEvent>> = {
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

/**
 * Writes what the network does into a file, in the form of Chromium's net log. It has neither header fields nor bodies,
 * and of URLs neither user info nor queries.
 */
export class NetLogFile {
  readonly #fd: number;
  readonly #listeners = new Map<string, (event: unknown) => void>();
  #lines: string[] = [];
  #isFirst = true;

  /**
   * @param program - name and version of the program.
   * @throws the system's error when the file cannot be written.
   */
  constructor(file: string, program: { readonly name: string; readonly version: string }) {
    this.#fd = openSync(file, 'w', 0o600);
    writeSync(this.#fd, `{"constants":${JSON.stringify(constants(program.name, program.version))},\n"events": [\n`);
    for (const [name, write] of Object.entries(WRITERS)) {
      const listener = (event: unknown) => this.#add(write(event as never));
      this.#listeners.set(name, listener);
      subscribe(name, listener);
    }
  }

  /** Writes the end of the file. */
  close(): void {
    for (const [name, listener] of this.#listeners) unsubscribe(name, listener);
    this.#flush();
    writeSync(this.#fd, '\n]}\n');
    closeSync(this.#fd);
  }

  #add({ type, source = { type: 'NONE', id: 0 }, phase, params }: LogEvent): void {
    const time = String(Math.round(performance.now()));
    const line = JSON.stringify({
      params,
      phase: PHASES[`PHASE_${phase ?? 'NONE'}`],
      source: { id: source.id, start_time: time, type: SOURCES[source.type] },
      time,
      type: EVENTS[type],
    });
    this.#lines.push(this.#isFirst ? line : `,\n${line}`);
    this.#isFirst = false;
    // What happens in one turn is written at once.
    if (this.#lines.length === 1) setImmediate(() => this.#flush()).unref();
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    writeSync(this.#fd, this.#lines.join(''));
    this.#lines = [];
  }
}

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
