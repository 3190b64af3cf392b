import type { Socket } from 'node:net';
import type { Exchange } from '../http/exchange.js';
import { HttpLabServer } from '../http/http-lab-server.js';
import { Connection } from '../server/connection.js';
import type { TlsLayer } from '../server/tls-layer.js';
import { errorCode } from '../util/error-code.js';

/**
 * The inside of a monitoring proxy's tunnels: a server without a port of its own, which speaks TLS as the host the
 * client meant, and hands over what it reads.
 */
export class Inspector extends HttpLabServer {
  readonly #authorities = new WeakMap<Connection, string>();
  #opened = 0;

  /** @param read - answers a request that was read, whose URL is absolute again. */
  constructor(private readonly read: (exchange: Exchange, url: URL) => Promise<void>) {
    super({}, 'server', undefined);
  }

  get url(): string {
    return 'inside of a monitoring proxy';
  }

  /** Takes a tunnel over. */
  inspect(tunnel: Socket, authority: string, tls: TlsLayer): void {
    const connection = new Connection(++this.#opened, tunnel);
    this.#authorities.set(connection, authority);
    this.stats.opened(connection);
    this.own(tunnel);
    tunnel.once('close', () => this.stats.closed(connection));
    tls.secure(tunnel, {
      secured: (socket) => {
        connection.stream = socket;
        connection.protocol = socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
        const alpn = socket.alpnProtocol || undefined;
        this.record({ type: 'secure', connection: connection.id, alpn, resumed: socket.isSessionReused() });
        socket.on('error', (error) =>
          this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) }),
        );
        this.serve(socket, connection);
      },
      failed: (error) => {
        this.record({ type: 'tls-error', connection: connection.id, code: errorCode(error) });
        tunnel.destroy();
      },
    });
  }

  protected override answer(exchange: Exchange): void | Promise<void> {
    if (exchange.kind === 'connect') return exchange.send(405, {}, 'No tunnel within a tunnel');
    const authority = this.#authorities.get(exchange.connection);
    if (authority === undefined) throw new Error('A request came from no tunnel');
    return this.read(exchange, new URL(exchange.target, `https://${authority}`));
  }
}
