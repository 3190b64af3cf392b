import type { LookupFunction, Socket } from 'node:net';
import { cut } from '../http/answer-faults.js';
import type { Exchange } from '../http/exchange.js';
import { HttpLabServer, type HttpServerOptions } from '../http/http-lab-server.js';
import type { CertKind } from '../pki/certificate.js';
import type { Connection } from '../server/connection.js';
import { GARBAGE, writeAndClose } from '../server/misbehaviour.js';
import type { TlsLayer } from '../server/tls-layer.js';
import { errorCode } from '../util/error-code.js';
import { urlOf } from '../util/url.js';
import { type Authority, parseAuthority } from './authority.js';
import { connectTo, join } from './pipe.js';
import { Upstream } from './upstream.js';

/** Resolves a name for a proxy, to one or several addresses. */
export type Resolve = (hostname: string) => string | readonly string[] | Promise<string | readonly string[]>;

/** Options of `lab.proxy()`. */
export interface ProxyOptions extends HttpServerOptions {
  /** Whether clients speak TLS to the proxy. Default false. */
  readonly tls?: boolean;
  /** Certificate of a TLS proxy. Default `good`. */
  readonly cert?: CertKind;
  /** How the proxy resolves names. Default: the lab's answer table. */
  readonly resolve?: Resolve;
}

/** What a proxy needs of its lab. */
export interface ProxyEnvironment {
  readonly lookup: LookupFunction;
  /** The lab's CA, PEM. */
  readonly ca: string;
}

const ESTABLISHED = 'HTTP/1.1 200 Connection established';

/** An HTTP proxy: CONNECT, and requests in absolute form for http. */
export class HttpProxy extends HttpLabServer {
  readonly #scheme: 'http' | 'https';
  readonly #upstreams = new WeakMap<Connection, Upstream>();

  /** @internal Use `lab.proxy()`. */
  constructor(
    options: HttpServerOptions,
    tls: TlsLayer | undefined,
    protected readonly environment: ProxyEnvironment,
  ) {
    super(options, 'proxy', tls);
    this.#scheme = tls ? 'https' : 'http';
  }

  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT` with TLS. */
  get url(): string {
    return urlOf(this.#scheme, this.host, this.port, this.#scheme === 'https');
  }

  protected override async answer(exchange: Exchange): Promise<void> {
    if (exchange.kind === 'connect') {
      const authority = parseAuthority(exchange.target);
      if (!authority) return exchange.send(400, {}, 'CONNECT wants host:port');
      return this.tunnel(exchange, authority);
    }
    const target = absoluteTarget(exchange.target);
    if (target === undefined) {
      await exchange.drain();
      return exchange.send(400, {}, 'This is a proxy: it wants an absolute http URL, or CONNECT');
    }
    await this.forward(exchange, target);
  }

  /** Passes a request on to an origin. */
  protected async forward(exchange: Exchange, url: URL): Promise<void> {
    const { connection } = exchange;
    let upstream = this.#upstreams.get(connection);
    if (!upstream) {
      upstream = new Upstream(connection, { ...this.environment, opened: (socket) => this.own(socket) });
      this.#upstreams.set(connection, upstream);
    }
    try {
      await (exchange.kind === 'upgrade' ? upstream.upgrade(exchange, url) : upstream.forward(exchange, url));
    } catch (error) {
      await this.unreachable(exchange, url.host, error);
    }
  }

  /** Opens a tunnel. */
  protected async tunnel(exchange: Exchange, { host, port }: Authority): Promise<void> {
    const { target } = exchange;
    let upstream: Socket;
    try {
      upstream = await connectTo({ host, port, lookup: this.environment.lookup }, (socket) => this.own(socket));
    } catch (error) {
      return this.unreachable(exchange, target, error);
    }
    const socket = this.established(exchange);
    if (this.playTunnelFault(exchange)) {
      upstream.destroy();
      return;
    }
    const head = exchange.raw?.head;
    if (head && head.length > 0) upstream.write(head);
    join(socket, upstream);
  }

  /** Plays the fault that is due in a tunnel that was just granted. Returns whether there was one. */
  protected playTunnelFault(exchange: Exchange): boolean {
    const { connection, target } = exchange;
    const fault = this.faults.active ? this.faults.take('tunnel', connection, target) : undefined;
    if (!fault) return false;
    this.played(fault, connection);
    if (fault.kind === 'garbage') writeAndClose(connection, fault.bytes ?? GARBAGE);
    else if (fault.kind === 'reset' || fault.kind === 'close' || fault.kind === 'stall') cut(fault.kind, exchange);
    return true;
  }

  /** Grants a CONNECT. From then on the socket is the tunnel. */
  protected established({
    response,
    raw,
    connection,
    target,
    authenticationInfo,
    infoHeader,
    extraBytes,
  }: Exchange): Socket {
    if (!raw) throw new Error('A tunnel needs a CONNECT');
    const socket = raw.socket as Socket;
    const info = authenticationInfo?.(undefined);
    if (info !== undefined) response.setHeader(infoHeader, info);
    const headers = Object.entries(response.getHeaders()).flatMap(([name, value]) =>
      [value].flat().map((line) => `${name}: ${line}\r\n`),
    );
    response.detachSocket(socket as never);
    socket.write(`${ESTABLISHED}\r\n${headers.join('')}\r\n`, 'latin1');
    if (extraBytes) socket.write(extraBytes);
    this.stats.tunnels++;
    this.record({ type: 'tunnel', connection: connection.id, target });
    return socket;
  }

  /** Answers 502, as far as nothing was answered yet. */
  protected async unreachable(exchange: Exchange, target: string, error: unknown): Promise<void> {
    const { connection, response } = exchange;
    this.record({ type: 'unreachable', connection: connection.id, target, code: errorCode(error) });
    if (response.headersSent || response.destroyed) return exchange.abort();
    await exchange.drain();
    exchange.send(
      502,
      { 'content-type': 'text/html', 'x-lab-error': errorCode(error) },
      `<p>${target} cannot be reached`,
    );
  }
}

/** The URL of a request in absolute form (RFC 9112 section 3.2.2), or undefined. */
function absoluteTarget(text: string): URL | undefined {
  if (!/^http:\/\//i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
