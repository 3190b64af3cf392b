import { once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction } from 'node:net';
import { DnsTable } from './dns.js';
import { Origin, type OriginOptions } from './origin/origin.js';
import { PacServer, type PacServerOptions } from './pac/pac-server.js';
import type { CertKind, KeyCert } from './pki/certificate.js';
import { certOptions, clientCertificate, labAuthority, serverCertificate } from './pki/pki.js';
import { HttpProxy, type ProxyOptions } from './proxy/http-proxy.js';
import { MonitoringProxy, type MonitoringProxyOptions } from './proxy/monitoring-proxy.js';
import { lookupBy } from './proxy/resolve.js';
import type { LabServer } from './server/lab-server.js';
import { TlsLayer } from './server/tls-layer.js';
import { type SocksOptions, SocksServer } from './socks/socks-server.js';

/** A corporate network in one process: servers on ephemeral loopback ports, with names and certificates of their own. */
export class Lab {
  /** Answers names for the lab's proxies, and for a client that is given it as its resolver. */
  readonly dns = new DnsTable();
  readonly #servers = new Set<LabServer>();

  /** @internal Use {@link createLab}. */
  constructor(
    /** The authority behind all good certificates of the lab; `cert` is PEM. */
    readonly ca: { readonly cert: string },
  ) {}

  /** Starts a web server. The README lists its paths. */
  async origin(options: OriginOptions): Promise<Origin> {
    const { protocol, cert } = options;
    const alpn = protocol === 'h2' ? ['h2', 'http/1.1'] : ['http/1.1'];
    return this.#start(new Origin(options, protocol === 'http' ? undefined : await this.#tls(alpn, cert)));
  }

  /** Starts an HTTP proxy. */
  async proxy(options: ProxyOptions = {}): Promise<HttpProxy> {
    const tls = options.tls ? await this.#tls(['http/1.1'], options.cert) : undefined;
    return this.#start(new HttpProxy(options, tls, { ca: this.ca.cert, lookup: this.#lookup(options) }));
  }

  /** Starts a proxy that reads what goes through its tunnels. Clients have to trust its own `ca`. */
  async monitoringProxy(options: MonitoringProxyOptions = {}): Promise<MonitoringProxy> {
    const tls = options.tls ? await this.#tls(['http/1.1'], options.cert) : undefined;
    const environment = { ca: this.ca.cert, lookup: this.#lookup(options) };
    return this.#start(await MonitoringProxy.create(options, tls, environment));
  }

  /** Starts a SOCKS server. */
  async socks(options: SocksOptions = {}): Promise<SocksServer> {
    return this.#start(new SocksServer(options, this.dns.netLookup));
  }

  /** Starts a web server that gives out a PAC script. */
  async pacServer(options: PacServerOptions): Promise<PacServer> {
    return this.#start(new PacServer(options));
  }

  /** A certificate for a client, of the lab's CA, whose subject is CN=`commonName`. */
  clientCertificate(commonName = 'alice'): Promise<KeyCert> {
    return clientCertificate(commonName);
  }

  /** The certificate of the lab's own servers, for one that is not of the lab. */
  serverCertificate(): Promise<KeyCert> {
    return serverCertificate();
  }

  /** A port of 127.0.0.1 on which nobody listens. */
  async deadPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  /** Closes every server and every socket of the lab. */
  async close(): Promise<void> {
    const servers = [...this.#servers];
    this.#servers.clear();
    await Promise.all(servers.map((server) => server.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start<S extends LabServer>(server: S): Promise<S> {
    this.#servers.add(server);
    return server.listen();
  }

  async #tls(ALPNProtocols: string[], kind: CertKind | undefined): Promise<TlsLayer> {
    const { requestClientCert = false } = certOptions(kind);
    const certificate = await serverCertificate(kind);
    return new TlsLayer({
      ...certificate,
      ALPNProtocols,
      requestCert: requestClientCert !== false,
      rejectUnauthorized: requestClientCert === true,
      ca: this.ca.cert,
    });
  }

  #lookup({ resolve }: ProxyOptions): LookupFunction {
    return resolve ? lookupBy(resolve) : this.dns.netLookup;
  }
}

/**
 * Opens an empty lab.
 *
 * @example
 * ```ts
 * const lab = await createLab();
 * const origin = await lab.origin({ protocol: 'https' });
 * const proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
 * // … requests to `${origin.url}/echo` through proxy.url, trusting lab.ca.cert
 * await lab.close();
 * ```
 */
export async function createLab(): Promise<Lab> {
  const { cert } = await labAuthority();
  return new Lab({ cert });
}
