import { EventEmitter } from 'node:events';
import { withoutMembers } from '../absent/absent.js';
import { ABSENT_SESSION_METHODS, ABSENT_SESSION_OBJECTS } from '../absent/members.js';
import { type NetLog, SessionNetLog } from '../log/net-log.js';
import { type FetchOptions, fetchWith } from '../net/fetch.js';
import { replacedRequest } from '../net/replaced-request.js';
import { askUrlIn } from '../protocol/ask-url.js';
import type { Protocol } from '../protocol/protocol.js';
import { SessionProtocol } from '../protocol/session-protocol.js';
import type { ProxyConfig } from '../proxy/proxy-config.js';
import { WebRequest } from '../web-request/web-request.js';
import { acceptLanguage } from './accept-language.js';
import { askAboutCertificate, askForClientCertificate, askForLogin } from './ask-app.js';
import type { CertificateVerifyProc } from './certificate-verifier.js';
import type { Cookies } from './cookies/cookies.js';
import { Network } from './network.js';
import type { EnableNetworkEmulationOptions } from './network-emulation.js';
import { type PreconnectOptions, preconnect } from './preconnect.js';
import { type ResolvedHost, type ResolveHostOptions, resolveHost } from './resolve-host.js';
import type { Session, SessionEvents } from './session.js';
import type { ClearDataOptions, ClearStorageDataOptions } from './session-data.js';
import {
  checkDictionaryKey,
  type DictionaryKey,
  type SharedDictionaryInfo,
  type SharedDictionaryUsageInfo,
} from './shared-dictionaries.js';
import type { SSLConfig } from './ssl-config.js';

/** What stands behind a session. */
export let networkOf: (session: Session) => Network;

/** Whether a value is a session of this module. */
export let isSession: (value: unknown) => value is Session;

/** @internal Sessions are made by {@link sessions}. */
export class BrowsingSession extends EventEmitter<SessionEvents> implements Session {
  /** As in Electron, whatever a bundler calls the class. */
  static override readonly name = 'Session';
  readonly netLog: NetLog;
  readonly protocol: Protocol;
  readonly webRequest: WebRequest;
  readonly #network: Network;

  /**
   * @param storagePath - the folder for what outlives the process; null: nothing does.
   * @param keepsResponses - whether there is a cache.
   */
  constructor(storagePath: string | null, keepsResponses: boolean) {
    super();
    this.#network = new Network({
      storagePath,
      keepsResponses,
      onLogin: (info, callback, ask) => this.emit('login', info, callback) || askForLogin(info, callback, ask),
      onCertificateError: askAboutCertificate,
      onClientCertificate: askForClientCertificate,
    });
    this.netLog = new SessionNetLog(this.#network);
    const { handlers, listeners } = this.#network.hooks;
    this.protocol = new SessionProtocol(handlers, askUrlIn(this.#network, networkOf));
    this.webRequest = new WebRequest(listeners);
  }

  static {
    withoutMembers(BrowsingSession.prototype, 'session', {
      methods: ABSENT_SESSION_METHODS,
      objects: ABSENT_SESSION_OBJECTS,
    });
    networkOf = (session) => (session as BrowsingSession).#network;
    isSession = (value): value is Session => typeof value === 'object' && value !== null && #network in value;
  }

  get cookies(): Cookies {
    return this.#network.data.cookies;
  }

  get storagePath(): string | null {
    return this.#network.storagePath;
  }

  isPersistent(): boolean {
    return this.storagePath !== null;
  }

  getStoragePath(): string | null {
    return this.storagePath;
  }

  async fetch(input: string | URL | Request, init?: FetchOptions): Promise<Response> {
    const replaced = replacedRequest();
    return fetchWith(this.#network, input, init, replaced && ((options) => replaced({ ...options, session: this })));
  }

  async setProxy(config: ProxyConfig): Promise<void> {
    this.#network.proxies.set(config);
  }

  async resolveProxy(url: string): Promise<string> {
    return this.#network.proxies.describe(url);
  }

  async forceReloadProxyConfig(): Promise<void> {
    return this.#network.proxies.reload();
  }

  async resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost> {
    return resolveHost(this.#network.hostResolver, host, options);
  }

  preconnect(options: PreconnectOptions): void {
    preconnect(this.#network, options);
  }

  async clearHostResolverCache(): Promise<void> {
    this.#network.hostResolver.clear();
  }

  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void {
    this.#network.setCertificateVerifyProc(proc);
  }

  setSSLConfig(config: SSLConfig): void {
    this.#network.setSSLConfig(config);
  }

  allowNTLMCredentialsForDomains(domains: string): void {
    this.#network.ambientServers.set(domains);
  }

  enableNetworkEmulation(options: EnableNetworkEmulationOptions): void {
    this.#network.emulation.enable(options);
  }

  disableNetworkEmulation(): void {
    this.#network.emulation.disable();
  }

  setUserAgent(userAgent: string, acceptLanguages?: string): void {
    if (typeof userAgent !== 'string') throw new TypeError('`userAgent` should be a string');
    const isGiven = acceptLanguages !== undefined && acceptLanguages !== null;
    if (isGiven && typeof acceptLanguages !== 'string') throw new TypeError('`acceptLanguages` should be a string');
    this.#network.userAgent = userAgent;
    if (isGiven) this.#network.acceptLanguage = acceptLanguage(acceptLanguages);
  }

  getUserAgent(): string {
    return this.#network.userAgent;
  }

  async clearCache(): Promise<void> {
    this.#network.data.httpCache.clear();
  }

  async getCacheSize(): Promise<number> {
    return this.#network.data.httpCache.size;
  }

  async clearData(options?: ClearDataOptions): Promise<void> {
    await this.#network.data.clearData(options);
  }

  async clearStorageData(options?: ClearStorageDataOptions): Promise<void> {
    this.#network.data.clearStorageData(options);
  }

  flushStorageData(): void {
    void this.cookies.flushStore().catch((error: Error) => process.emitWarning(error));
  }

  async clearAuthCache(): Promise<void> {
    this.#network.clearAuthCache();
  }

  async closeAllConnections(): Promise<void> {
    this.#network.closeAllConnections();
  }

  async getSharedDictionaryInfo(options: DictionaryKey): Promise<SharedDictionaryInfo[]> {
    checkDictionaryKey(options);
    return [];
  }

  async getSharedDictionaryUsageInfo(): Promise<SharedDictionaryUsageInfo[]> {
    return [];
  }

  async clearSharedDictionaryCache(): Promise<void> {
    // There is none: no dictionary is ever advertised or kept.
  }

  async clearSharedDictionaryCacheForIsolationKey(options: DictionaryKey): Promise<void> {
    checkDictionaryKey(options);
  }
}
