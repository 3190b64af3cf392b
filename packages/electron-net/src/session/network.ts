import type { AuthAsk, CredentialsProvider } from '@netloom/contracts';
import { basic, type CertificateCheck, type Client, createClient, digest, systemHostResolver } from '@netloom/core';
import { commandLine } from '../app/command-line.js';
import { userAgentFallback } from '../app/user-agent.js';
import { type AuthInfo, type LoginCallback, loginProvider } from '../net/login.js';
import { outgoingFields } from '../net/outgoing-fields.js';
import type { RequestContext } from '../net/request-context.js';
import { Proxies } from '../proxy/proxies.js';
import { configOfSwitches } from '../proxy/proxy-config.js';
import { CertificateVerifier, type CertificateVerifyProc } from './certificate-verifier.js';
import { type ResolvedHost, type ResolveHostOptions, resolveHost } from './resolve-host.js';
import { SessionData } from './session-data.js';

/** Connections as Chromium limits them. */
const LIMITS = { perOrigin: 6, perProxy: 32, total: 256 };

/** What stands behind a session: its client, made when it is first needed, and its settings. */
export class Network implements RequestContext {
  /** The folder in which the session keeps what outlives the process; null: it keeps nothing. */
  readonly storagePath: string | null;
  acceptLanguage = '';
  readonly askForFetch: CredentialsProvider;
  readonly data: SessionData;
  readonly proxies = new Proxies(configOfSwitches(commandLine));
  #verifier: CertificateVerifier | undefined;
  #client: Client | undefined;
  #userAgent: string | undefined;

  /**
   * @param storagePath - see {@link Network.storagePath}.
   * @param onLogin - tells of a sign-in that no request has events for; false when nobody listens.
   */
  constructor(storagePath: string | null, onLogin: (info: AuthInfo, callback: LoginCallback, ask: AuthAsk) => boolean) {
    this.storagePath = storagePath;
    this.data = new SessionData(storagePath);
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
      cookies: { jar: this.data.cookies },
      cache: { store: this.data.httpCache },
      proxy: this.proxies,
      tls: { verify: (check) => this.#verify(check) },
      layers: [{ after: 'redirect', layer: outgoingFields }],
    });
    return this.#client;
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
