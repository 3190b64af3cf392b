import { type CredentialsProvider, formatPacResult, type ProxyResolver } from '@netloom/contracts';
import { basic, type CertificateCheck, type Client, createClient, digest, systemHostResolver } from '@netloom/core';
import { type AuthInfo, type LoginCallback, loginProvider } from '../net/login.js';
import { outgoingFields } from '../net/outgoing-fields.js';
import type { RequestContext } from '../net/request-context.js';
import { CertificateVerifier, type CertificateVerifyProc } from './certificate-verifier.js';
import { SessionCookies } from './cookies/cookies.js';
import { type ProxyConfig, resolverOf } from './proxy-config.js';
import { type ResolvedHost, type ResolveHostOptions, resolveHost } from './resolve-host.js';
import { DEFAULT_USER_AGENT } from './user-agent.js';

/** Connections as Chromium limits them. */
const LIMITS = { perOrigin: 6, perProxy: 32, total: 256 };

/** What stands behind a session: its client, made when it is first needed, and its settings. */
export class Network implements RequestContext {
  userAgent = DEFAULT_USER_AGENT;
  acceptLanguage = '';
  readonly askForFetch: CredentialsProvider;
  readonly cookies = new SessionCookies();
  #resolver: ProxyResolver = resolverOf({ mode: 'direct' });
  #verifier: CertificateVerifier | undefined;
  #client: Client | undefined;

  /** @param onLogin - tells of a sign-in that no request has events for; false when nobody listens. */
  constructor(onLogin: (info: AuthInfo, callback: LoginCallback) => boolean) {
    this.askForFetch = loginProvider(onLogin);
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
