import type { EventEmitter } from 'node:events';
import type { FetchOptions } from '../net/fetch.js';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import type { CertificateVerifyProc } from './certificate-verifier.js';
import type { Cookies } from './cookies/cookies.js';
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
  /** The folder in which the session keeps what outlives the process; null: it keeps nothing. */
  readonly storagePath: string | null;
  /** Whether the session's data outlives the process. */
  isPersistent(): boolean;
  /** The same as {@link Session.storagePath}. */
  getStoragePath(): string | null;
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
