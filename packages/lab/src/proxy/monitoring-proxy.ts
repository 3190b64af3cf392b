import type { Exchange } from '../http/exchange.js';
import { CertificateAuthority } from '../pki/authority.js';
import { TlsLayer } from '../server/tls-layer.js';
import type { Authority } from './authority.js';
import { HttpProxy, type ProxyEnvironment, type ProxyOptions } from './http-proxy.js';
import { Inspector } from './inspector.js';

/** A request that a monitoring proxy has read. */
export interface InspectedRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** `http/1.1` or `h2`: what the client spoke inside the tunnel. */
  readonly protocol: string;
  /** Names and values in turn, as received. */
  readonly headers: readonly string[];
}

/** Options of `lab.monitoringProxy()`. */
export interface MonitoringProxyOptions extends ProxyOptions {
  /** Protocols offered inside the tunnel, by ALPN. Default h2 and http/1.1. */
  readonly alpn?: readonly ('h2' | 'http/1.1')[];
}

/**
 * A proxy that reads what goes through its tunnels: it shows a certificate of its own authority for every host, and
 * opens TLS of its own to the origin, which it checks against the lab's CA.
 */
export class MonitoringProxy extends HttpProxy {
  /** What was read, in order: inside tunnels, and plain http. */
  readonly requests: InspectedRequest[] = [];
  /** The counters and the log of the insides of the tunnels. */
  readonly inside: Inspector;
  readonly #alpn: readonly string[];
  readonly #layers = new Map<string, Promise<TlsLayer>>();

  private constructor(
    options: MonitoringProxyOptions,
    tls: TlsLayer | undefined,
    environment: ProxyEnvironment,
    private readonly authority: CertificateAuthority,
  ) {
    super(options, tls, environment);
    this.#alpn = options.alpn ?? ['h2', 'http/1.1'];
    this.inside = new Inspector((exchange, url) => this.forward(exchange, url));
  }

  /** @internal Use `lab.monitoringProxy()`. */
  static async create(
    options: MonitoringProxyOptions,
    tls: TlsLayer | undefined,
    environment: ProxyEnvironment,
  ): Promise<MonitoringProxy> {
    return new MonitoringProxy(options, tls, environment, await CertificateAuthority.create('Monitoring CA'));
  }

  /** The proxy's own authority; `cert` is PEM. */
  get ca(): { readonly cert: string } {
    return this.authority;
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.inside.close()]);
  }

  protected override async tunnel(exchange: Exchange, { host }: Authority): Promise<void> {
    const tls = await this.#layerFor(host);
    const socket = this.established(exchange);
    if (this.playTunnelFault(exchange)) return;
    const head = exchange.raw?.head;
    if (head && head.length > 0) socket.unshift(head);
    this.inside.inspect(socket, exchange.target, tls);
  }

  protected override forward(exchange: Exchange, url: URL): Promise<void> {
    const { method, protocol, request } = exchange;
    this.requests.push({ method, url: url.href, protocol, headers: request.rawHeaders });
    return super.forward(exchange, url);
  }

  #layerFor(host: string): Promise<TlsLayer> {
    let layer = this.#layers.get(host);
    if (!layer) {
      layer = this.#mint(host);
      this.#layers.set(host, layer);
    }
    return layer;
  }

  async #mint(host: string): Promise<TlsLayer> {
    const certificate = await this.authority.issue({ commonName: host, names: [host] });
    return new TlsLayer({ ...certificate, ALPNProtocols: [...this.#alpn] });
  }
}
