import type { EventEmitter } from 'node:events';
import type { NetLog } from '../log/net-log.js';
import type { FetchOptions } from '../net/fetch.js';
import type { AuthInfo, LoginCallback } from '../net/login.js';
import type { Protocol } from '../protocol/protocol.js';
import type { ProxyConfig } from '../proxy/proxy-config.js';
import type { WebRequest } from '../web-request/web-request.js';
import type { CertificateVerifyProc } from './certificate-verifier.js';
import type { Cookies } from './cookies/cookies.js';
import type { EnableNetworkEmulationOptions } from './network-emulation.js';
import type { PreconnectOptions } from './preconnect.js';
import type { ResolvedHost, ResolveHostOptions } from './resolve-host.js';
import type { ClearDataOptions, ClearStorageDataOptions } from './session-data.js';

import type { DictionaryKey, SharedDictionaryInfo, SharedDictionaryUsageInfo } from './shared-dictionaries.js';
import type { SSLConfig } from './ssl-config.js';

/** Events of {@link Session} and their listeners' arguments. */
export interface SessionEvents {
  /** A server or proxy asks a `fetch` for credentials. Not in Electron, where `fetch` cannot be asked. */
  login: [authInfo: AuthInfo, callback: LoginCallback];
}

/** A browsing session: connections, credentials and proxies that its requests share. */
export interface Session extends EventEmitter<SessionEvents> {
  /** The session's cookies. */
  readonly cookies: Cookies;
  /** Writes what the session's requests do into a file. */
  readonly netLog: NetLog;
  /** Handlers of schemes for the session's requests. */
  readonly protocol: Protocol;
  /** Looks at the session's requests, stops and changes them. */
  readonly webRequest: WebRequest;
  /** The folder in which the session keeps what outlives the process; null: it keeps nothing. */
  readonly storagePath: string | null;
  /** Whether the session's data outlives the process. */
  isPersistent(): boolean;
  /** The same as {@link Session.storagePath}. */
  getStoragePath(): string | null;
  /** `fetch` in this session; see {@link Net.fetch}. */
  fetch(input: string | URL | Request, init?: FetchOptions): Promise<Response>;
  /**
   * Says by which proxies requests go; until then the switches of the process or the operating system do. In effect at
   * once. Connections that are open stay so; see {@link Session.closeAllConnections}.
   *
   * Rejects with `Invalid mode`, and for a configuration that cannot be used. Whether a proxy or a PAC script can be
   * reached shows in requests.
   */
  setProxy(config: ProxyConfig): Promise<void>;
  /** The proxies for a URL, as a PAC script would name them: `DIRECT`, `PROXY proxy.test:80;DIRECT`. */
  resolveProxy(url: string): Promise<string>;
  /** Reads the system's settings and fetches the PAC script again, and forgets which proxies failed. */
  forceReloadProxyConfig(): Promise<void>;
  /** The addresses of a host. Rejects with `net::ERR_NAME_NOT_RESOLVED`. */
  resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost>;
  /**
   * Opens connections for the requests that are to come to an origin, by the way that they will take. What goes wrong shows
   * in the requests.
   *
   * @throws TypeError for a URL that is none and a number that is not from 1 to 6.
   */
  preconnect(options: PreconnectOptions): void;
  /** Forgets the addresses that DNS over HTTPS gave. */
  clearHostResolverCache(): Promise<void>;
  /**
   * Has a procedure judge the certificates of servers on connections that are opened from now on, once for each
   * certificate and host; null goes back to the default check.
   *
   * @throws TypeError for anything but a function and null.
   */
  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void;
  /**
   * Says how TLS is spoken from now on. Connections that are open serve what they have begun and no more, and credentials
   * are asked for anew.
   *
   * @throws TypeError naming the option that cannot be used.
   */
  setSSLConfig(config: SSLConfig): void;
  /**
   * Names the servers that are given the logged-in user's credentials by Negotiate without a question, instead of those of
   * `--auth-server-allowlist`. Proxies need no entry.
   *
   * @param domains - patterns separated by commas, such as `*.corp.test, https://intranet`; `*` is every server.
   * @throws TypeError when it is no string.
   */
  allowNTLMCredentialsForDomains(domains: string): void;
  /**
   * Makes the network worse than it is, for requests that are sent from now on; those under way fail when it goes offline.
   *
   * @throws TypeError naming the option that cannot be used.
   */
  enableNetworkEmulation(options: EnableNetworkEmulationOptions): void;
  /** Ends {@link Session.enableNetworkEmulation}. */
  disableNetworkEmulation(): void;
  /**
   * What requests call themselves from now on.
   *
   * @param acceptLanguages - languages in order of preference, such as `en-US,fr,de`.
   * @throws TypeError for what are no strings.
   */
  setUserAgent(userAgent: string, acceptLanguages?: string): void;
  /** What requests call themselves. */
  getUserAgent(): string;
  /** Forgets the responses that are kept. */
  clearCache(): Promise<void>;
  /** Bytes that the responses take that are kept. */
  getCacheSize(): Promise<number>;
  /** Clears cookies and responses, all or those of some origins. Rejects for origins that are none. */
  clearData(options?: ClearDataOptions): Promise<void>;
  /** Clears cookies. Rejects for an origin that is none. */
  clearStorageData(options?: ClearStorageDataOptions): Promise<void>;
  /** Writes to disk what is to outlive the process, as {@link Cookies.flushStore} does; it does not say when it is done. */
  flushStorageData(): void;
  /** Forgets the credentials that servers and proxies have been given. */
  clearAuthCache(): Promise<void>;
  /** Closes all connections; requests under way fail with `net::ERR_ABORTED`. */
  closeAllConnections(): Promise<void>;
  /** The dictionaries for compression that are kept for a site: none, as none is ever taken. */
  getSharedDictionaryInfo(options: DictionaryKey): Promise<SharedDictionaryInfo[]>;
  /** The sites that dictionaries are kept for: none. */
  getSharedDictionaryUsageInfo(): Promise<SharedDictionaryUsageInfo[]>;
  /** Forgets all dictionaries, of which there is none. */
  clearSharedDictionaryCache(): Promise<void>;
  /** Forgets the dictionaries of a site, of which there is none. */
  clearSharedDictionaryCacheForIsolationKey(options: DictionaryKey): Promise<void>;
}
