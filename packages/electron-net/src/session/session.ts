import { EventEmitter } from 'node:events';
import { app } from '../app/app.js';
import { appEvent } from '../app/app-event.js';
import { type FetchOptions, fetchWith } from '../net/fetch.js';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import { acceptLanguage } from './accept-language.js';
import type { CertificateVerifyProc } from './certificate-verifier.js';
import type { Cookies } from './cookies/cookies.js';
import { Network } from './network.js';
import type { ProxyConfig } from './proxy-config.js';
import type { ResolvedHost, ResolveHostOptions } from './resolve-host.js';

/** Events of {@link Session} and their listeners' arguments. */
export interface SessionEvents {
  /** A server or proxy asks a `fetch` for credentials. Not in Electron, where `fetch` cannot be asked. */
  login: [authInfo: AuthInfo, callback: LoginCallback];
}

/** A browsing session: connections, credentials and proxies that its requests share. */
export interface Session extends EventEmitter<SessionEvents> {
  /** The session's cookies. */
  readonly cookies: Cookies;
  /** `fetch` in this session; see {@link Net.fetch}. */
  fetch(input: string | URL | Request, init?: FetchOptions): Promise<Response>;
  /**
   * Says by which proxies requests go. Connections that are open stay so; see {@link Session.closeAllConnections}.
   *
   * Rejects with `Invalid mode`, and for a configuration that cannot be used.
   */
  setProxy(config: ProxyConfig): Promise<void>;
  /** The proxies for a URL, as a PAC script would name them: `DIRECT`, `PROXY proxy.test:80;DIRECT`. */
  resolveProxy(url: string): Promise<string>;
  /** The addresses of a host. Rejects with `net::ERR_NAME_NOT_RESOLVED`. */
  resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost>;
  /**
   * Has a procedure judge the certificates of servers on connections that are opened from now on, once for each
   * certificate and host; null goes back to the default check.
   *
   * @throws TypeError for anything but a function and null.
   */
  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void;
  /**
   * What requests call themselves from now on.
   *
   * @param acceptLanguages - languages in order of preference, such as `en-US,fr,de`.
   */
  setUserAgent(userAgent: string, acceptLanguages?: string): void;
  /** What requests call themselves. */
  getUserAgent(): string;
  /** Forgets the credentials that servers and proxies have been given. */
  clearAuthCache(): Promise<void>;
  /** Closes all connections; requests under way fail with `net::ERR_ABORTED`. */
  closeAllConnections(): Promise<void>;
}

/** What stands behind a session. */
export let networkOf: (session: Session) => Network;

/** Whether a value is a session of this module. */
export let isSession: (value: unknown) => value is Session;

/** @internal Sessions are made by {@link sessions}. */
export class BrowsingSession extends EventEmitter<SessionEvents> implements Session {
  readonly #network = new Network((info, callback) => this.emit('login', info, callback) || askApp(info, callback));

  static {
    networkOf = (session) => (session as BrowsingSession).#network;
    isSession = (value): value is Session => typeof value === 'object' && value !== null && #network in value;
  }

  get cookies(): Cookies {
    return this.#network.cookies;
  }

  async fetch(input: string | URL | Request, init?: FetchOptions): Promise<Response> {
    return fetchWith(this.#network, input, init);
  }

  async setProxy(config: ProxyConfig): Promise<void> {
    this.#network.setProxy(config);
  }

  async resolveProxy(url: string): Promise<string> {
    return this.#network.resolveProxy(url);
  }

  async resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost> {
    return this.#network.resolveHost(host, options);
  }

  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void {
    this.#network.setCertificateVerifyProc(proc);
  }

  setUserAgent(userAgent: string, acceptLanguages?: string): void {
    if (typeof userAgent !== 'string') throw new TypeError('`userAgent` should be a string');
    this.#network.userAgent = userAgent;
    if (acceptLanguages !== undefined) this.#network.acceptLanguage = acceptLanguage(acceptLanguages);
  }

  getUserAgent(): string {
    return this.#network.userAgent;
  }

  async clearAuthCache(): Promise<void> {
    this.#network.clearAuthCache();
  }

  async closeAllConnections(): Promise<void> {
    this.#network.closeAllConnections();
  }
}

/** A listener of the app answers only where it has prevented the default, as in Electron. */
function askApp(info: AuthInfo, callback: LoginCallback): boolean {
  const event = appEvent();
  app.emit('login', event, null, { isRequestForNavigation: false, pid: process.pid }, info, callback);
  return event.defaultPrevented;
}
