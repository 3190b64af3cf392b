import { type AuthAsk, type CredentialsProvider, formatPacResult, type ProxyResolver } from '@netloom/contracts';
import { basic, type CertificateCheck, type Client, createClient, digest, systemHostResolver } from '@netloom/core';
import { userAgentFallback } from '../app/user-agent.js';
import { type AuthInfo, type LoginCallback, loginProvider } from '../net/login.js';
import { outgoingFields } from '../net/outgoing-fields.js';
import type { RequestContext } from '../net/request-context.js';
import { CertificateVerifier, type CertificateVerifyProc } from './certificate-verifier.js';
import { SessionCookies } from './cookies/cookies.js';
import { type ProxyConfig, resolverOf } from './proxy-config.js';
import { type ResolvedHost, type ResolveHostOptions, resolveHost } from './resolve-host.js';

/** Connections as Chromium limits them. */
const LIMITS = { perOrigin: 6, perProxy: 32, total: 256 };

/** What stands behind a session: its client, made when it is first needed, and its settings. */
export class Network implements RequestContext {
  /** The folder in which the session keeps what outlives the process; null: it keeps nothing. */
  readonly storagePath: string | null;
  acceptLanguage = '';
  readonly askForFetch: CredentialsProvider;
  readonly cookies = new SessionCookies();
  #resolver: ProxyResolver = resolverOf({ mode: 'direct' });
  #verifier: CertificateVerifier | undefined;
  #client: Client | undefined;
  #userAgent: string | undefined;

  /**
   * @param storagePath - see {@link Network.storagePath}.
   * @param onLogin - tells of a sign-in that no request has events for; false when nobody listens.
   */
  constructor(storagePath: string | null, onLogin: (info: AuthInfo, callback: LoginCallback, ask: AuthAsk) => boolean) {
    this.storagePath = storagePath;
    this.askForFetch = loginProvider(onLogin);
  }

  /** What requests call themselves. */
  get userAgent(): string {
    return this.#userAgent ?? userAgentFallback.value;
  }

  set userAgent(userAgent: string) {
    this.#userAgent = userAgent;
  }

  get client(): Client {
    this.#client ??= createClient({
      auth: [digest(), basic()],
      limits: LIMITS,
      decode: true,
      cookies: { jar: this.cookies },
      proxy: { resolve: (url, options) => this.#resolver.resolve(url, options) },
      tls: { verify: (check) => this.#verify(check) },
      layers: [{ after: 'redirect', layer: outgoingFields }],
    });
    return this.#client;
  }

  /** @throws as {@link resolverOf} does. */
  setProxy(config: ProxyConfig): void {
    this.#resolver = resolverOf(config);
  }

  /** The proxies for a URL as a PAC script would name them. */
  async resolveProxy(url: string): Promise<string> {
    const { routes } = await this.#resolver.resolve(new URL(url));
    return formatPacResult(routes);
  }

  resolveHost(host: string, options?: ResolveHostOptions): Promise<ResolvedHost> {
    return resolveHost(systemHostResolver, host, options);
  }

  /** Judges connections that are opened from now on; null: by the default check. */
  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void {
    this.#verifier = proc === null ? undefined : new CertificateVerifier(proc);
    this.#client?.closeIdleConnections();
  }

  clearAuthCache(): void {
    this.#client?.clearAuthCache();
  }

  closeAllConnections(): void {
    this.#client?.closeAllConnections();
  }

  #verify(check: CertificateCheck): 'default' | Promise<true | 'default'> {
    return this.#verifier?.verify(check) ?? 'default';
  }
}
