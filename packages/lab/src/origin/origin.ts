import { type AuthOptions, Guard } from '../auth/guard.js';
import type { Exchange } from '../http/exchange.js';
import { HttpLabServer, type HttpServerOptions } from '../http/http-lab-server.js';
import type { CertKind } from '../pki/certificate.js';
import type { Connection } from '../server/connection.js';
import type { TlsLayer } from '../server/tls-layer.js';
import { urlOf } from '../util/url.js';
import type { Routes } from './route.js';
import { bodyRoutes } from './routes/bodies.js';
import { cachingRoutes } from './routes/caching.js';
import { cookieRoutes } from './routes/cookies.js';
import { echoRoutes } from './routes/echo.js';
import { eventRoutes } from './routes/events.js';
import { protectedRoutes } from './routes/protected.js';
import { redirectRoutes } from './routes/redirects.js';
import { timingRoutes } from './routes/timing.js';
import { type Upload, uploadRoutes } from './routes/uploads.js';
import { WebSocketEcho } from './websocket.js';

/** Options of `lab.origin()`. */
export interface OriginOptions extends HttpServerOptions {
  /** `h2` is TLS that offers h2 and http/1.1 by ALPN. */
  readonly protocol: 'http' | 'https' | 'h2';
  /** Certificate of https and h2. Default `good`. */
  readonly cert?: CertKind;
}

const ROUTES: Routes = {
  ...echoRoutes,
  ...redirectRoutes,
  ...timingRoutes,
  ...bodyRoutes,
  ...uploadRoutes,
  ...cookieRoutes,
  ...cachingRoutes,
  ...eventRoutes,
  ...protectedRoutes,
};

/** A web server with a path for whatever a client may meet. The README lists the paths. */
export class Origin extends HttpLabServer {
  /** Accepted uploads by their `x-upload-id`. */
  readonly uploads = new Map<string, Upload[]>();
  readonly #protocol: OriginOptions['protocol'];
  readonly #hits = new Map<string, number>();
  readonly #guards = new Map<string, Guard>();
  readonly #stalled: (() => void)[] = [];
  readonly #webSocket = new WebSocketEcho();

  /** @internal Use `lab.origin()`. */
  constructor(options: OriginOptions, tls: TlsLayer | undefined) {
    super(options, 'server', tls);
    this.#protocol = options.protocol;
  }

  /** `http://localhost:PORT` or `https://localhost:PORT`. */
  get url(): string {
    return urlOf(this.#protocol === 'http' ? 'http' : 'https', this.host, this.port);
  }

  /** Times a path and query of `/cache/…` was asked for. */
  hits(target: string): number {
    return this.#hits.get(target) ?? 0;
  }

  /** Lets all requests that `/stall` holds go on. */
  release(): void {
    for (const go of this.#stalled.splice(0)) go();
  }

  /** @internal */
  released(): Promise<void> {
    return new Promise((resolve) => this.#stalled.push(resolve));
  }

  /** @internal */
  hit(target: string): number {
    const hits = this.hits(target) + 1;
    this.#hits.set(target, hits);
    return hits;
  }

  /** @internal */
  accepted(id: string, upload: Upload, connection: Connection): void {
    const list = this.uploads.get(id);
    if (list) list.push(upload);
    else this.uploads.set(id, [upload]);
    this.stats.uploads++;
    this.record({ type: 'upload', connection: connection.id, id, ...upload });
  }

  /** @internal Admits a request to a part of the origin with a sign-in of its own. */
  admitTo(name: string, auth: () => AuthOptions, exchange: Exchange): Promise<boolean> {
    let guard = this.#guards.get(name);
    if (!guard) {
      guard = new Guard('server', auth());
      this.#guards.set(name, guard);
    }
    return this.signIn.admit(exchange, guard);
  }

  protected override async answer(exchange: Exchange): Promise<void> {
    if (exchange.kind === 'connect') return exchange.send(405, { allow: 'GET, HEAD, POST' }, 'This is no proxy');
    const { pathname } = exchange.url;
    if (exchange.kind === 'upgrade') {
      if (pathname === '/ws') return this.#webSocket.accept(exchange);
      return exchange.send(404, {}, 'No such WebSocket');
    }
    const route = ROUTES[pathname] ?? ROUTES[`${pathname.slice(0, pathname.indexOf('/', 1) + 1)}`];
    if (route) return route(exchange, this);
    await exchange.drain();
    exchange.send(404, { 'content-type': 'text/plain' }, `No such path: ${pathname}`);
  }

  override async close(): Promise<void> {
    await super.close();
    this.release();
  }
}
