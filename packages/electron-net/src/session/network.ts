import type { Duplex } from 'node:stream';
import type { AuthAsk, CredentialsProvider, HostResolver } from '@netloom/contracts';
import { type Client, type ClientCertificate, createClient, type TlsOptions } from '@netloom/core';
import { commandLine } from '../app/command-line.js';
import { userAgentFallback } from '../app/user-agent.js';
import { HostMapping } from '../dns/host-mapping.js';
import { SessionHostResolver } from '../dns/session-host-resolver.js';
import { requestLog } from '../log/request-log.js';
import { type AuthInfo, type LoginCallback, loginProvider } from '../net/login.js';
import { outgoingFields } from '../net/outgoing-fields.js';
import type { WebSocketContext } from '../net/websocket/web-socket-context.js';
import { Proxies } from '../proxy/proxies.js';
import { configOfSwitches } from '../proxy/proxy-config.js';
import { AmbientServers } from '../sign-in/ambient-servers.js';
import { signInSchemes } from '../sign-in/schemes.js';
import type { Certificate } from './certificate.js';
import { type AskAboutCertificate, CertificateJudge } from './certificate-judge.js';
import type { CertificateVerifyProc } from './certificate-verifier.js';
import { clientCertificates } from './client-certificates.js';
import { Hooks } from './hooks.js';
import { NetworkEmulation } from './network-emulation.js';
import { SessionData } from './session-data.js';
import { type SSLConfig, tlsOptionsOf } from './ssl-config.js';

/** Connections as Chromium limits them. */
const LIMITS = { perOrigin: 6, perProxy: 32, total: 256 };

/** What a {@link Network} is made from. */
export interface NetworkOptions {
  /** The folder in which the session keeps what outlives the process; null: it keeps nothing. */
  readonly storagePath: string | null;
  /** Whether there is a cache. Default true. */
  readonly keepsResponses?: boolean | undefined;
  /** Tells of a sign-in that no request has events for; false when nobody listens. */
  readonly onLogin: (info: AuthInfo, callback: LoginCallback, ask: AuthAsk) => boolean;
  readonly onCertificateError: AskAboutCertificate;
  /** Chooses the certificate to show to an origin, `host:port`; undefined: none. */
  readonly onClientCertificate: (peer: string, list: Certificate[]) => Promise<Certificate | undefined>;
  /** Default: proxies of its own. */
  readonly proxies?: Proxies | undefined;
}

/** What stands behind a session: its client, made when it is first needed, and its settings. */
export class Network implements WebSocketContext {
  readonly storagePath: string | null;
  acceptLanguage = '';
  readonly askForFetch: CredentialsProvider;
  readonly data: SessionData;
  readonly emulation = new NetworkEmulation();
  readonly hooks = new Hooks();
  readonly ambientServers = new AmbientServers(commandLine.getSwitchValue('auth-server-allowlist'));
  readonly hostResolver = new SessionHostResolver(
    commandLine.getSwitchValue('host-resolver-rules'),
    () => this.#dnsClient,
  );
  readonly proxies: Proxies;
  /** Connections of WebSockets; those of clients that have been replaced are in no client's hands any more. */
  readonly webSockets = new Set<Duplex>();
  readonly #judge: CertificateJudge;
  readonly #onClientCertificate: NetworkOptions['onClientCertificate'];
  #tls: TlsOptions = {};
  #client: Client | undefined;
  #clientForDns: Client | undefined;
  /** Clients that serve nothing but what they have begun. */
  readonly #retired = new Set<Client>();
  #userAgent: string | undefined;
  /** How many certificates there were to choose from for the clients. */
  #certificates = 0;

  constructor(options: NetworkOptions) {
    const { storagePath, keepsResponses, onLogin, onCertificateError, onClientCertificate, proxies } = options;
    this.storagePath = storagePath;
    this.data = new SessionData(storagePath, keepsResponses);
    this.askForFetch = loginProvider(onLogin);
    // Scripts look names up by the system: DNS over HTTPS may itself have to ask them for the way.
    const { insecure: hostResolver } = this.hostResolver;
    this.proxies = proxies ?? new Proxies(configOfSwitches(commandLine), { hostResolver });
    this.#judge = new CertificateJudge(commandLine.hasSwitch('ignore-certificate-errors'), onCertificateError);
    this.#onClientCertificate = onClientCertificate;
  }

  /** What requests call themselves. */
  get userAgent(): string {
    return this.#userAgent ?? userAgentFallback.value;
  }

  set userAgent(userAgent: string) {
    this.#userAgent = userAgent;
  }

  get client(): Client {
    // Whom a new certificate is for has been told before that there is none.
    if (this.#certificates !== clientCertificates.size) this.#renewClients();
    this.#client ??= this.#createClient(this.hostResolver, this.hooks);
    return this.#client;
  }

  /** Judges connections that are opened from now on; null: by the default check. */
  setCertificateVerifyProc(proc: CertificateVerifyProc | null): void {
    this.#judge.setProc(proc);
    for (const client of this.#clients) client.closeIdleConnections();
  }

  /** In effect for requests from now on. Those under way end on their connections, which serve no others. */
  setSSLConfig(config: SSLConfig): void {
    this.#tls = tlsOptionsOf(config);
    this.#renewClients();
  }

  clearAuthCache(): void {
    for (const client of this.#clients) client.clearAuthCache();
  }

  closeAllConnections(): void {
    for (const client of [...this.#clients, ...this.#retired]) client.closeAllConnections();
    for (const socket of this.webSockets) socket.destroy();
  }

  /** What DNS over HTTPS is asked by: goes the session's ways, but looks names up by the system. */
  get #dnsClient(): Client {
    this.#clientForDns ??= this.#createClient(this.hostResolver.insecure);
    return this.#clientForDns;
  }

  get #clients(): Client[] {
    return [this.#client, this.#clientForDns].filter((client) => client !== undefined);
  }

  #renewClients(): void {
    this.#certificates = clientCertificates.size;
    for (const client of this.#clients) {
      this.#retired.add(client);
      void client.close().then(() => this.#retired.delete(client));
    }
    this.#client = undefined;
    this.#clientForDns = undefined;
  }

  readonly #selectCertificate = async ({
    host,
    port,
  }: {
    readonly host: string;
    readonly port: number;
  }): Promise<ClientCertificate | undefined> => {
    const peer = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const chosen = await this.#onClientCertificate(peer, clientCertificates.list);
    return chosen && clientCertificates.find(chosen);
  };

  #createClient(hostResolver: HostResolver, hooks?: Hooks): Client {
    const rules = new HostMapping(commandLine.getSwitchValue('host-rules'));
    const proxyTls: TlsOptions = { ...this.#tls, verify: this.#judge.verify };
    return createClient({
      auth: signInSchemes(commandLine),
      ambientAllowlist: this.ambientServers.includes,
      limits: LIMITS,
      ...hooks?.clientOptions,
      decode: { always: true },
      cookies: { jar: this.data.cookies },
      cache: { store: this.data.httpCache },
      proxy: this.proxies,
      // Who could be asked has all failures taken for a want of a certificate that may be one.
      tls: this.#certificates === 0 ? proxyTls : { ...proxyTls, selectClientCertificate: this.#selectCertificate },
      proxyTls,
      http2: !commandLine.hasSwitch('disable-http2'),
      hostResolver,
      mapDestination: rules.isEmpty
        ? undefined
        : ({ protocol, host, port }) => ({
            protocol,
            ...(rules.map({ host, port }) as { host: string; port: number }),
          }),
      layers: [
        ...(hooks === undefined ? [] : [{ before: 'redirect', layer: hooks.observing } as const]),
        { after: 'redirect', layer: outgoingFields },
        { after: 'redirect', layer: requestLog(this) },
        ...(hooks?.deciding ?? []).map((layer) => ({ after: 'redirect', layer }) as const),
        ...(hooks === undefined ? [] : [{ before: 'cache', layer: hooks.showing } as const]),
        { after: 'cache', layer: this.emulation.layer },
      ],
    });
  }
}
