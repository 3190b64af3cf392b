import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

/** What becomes of a handshake: exactly one of the two is called. */
export interface HandshakeOutcome {
  secured(socket: TLSSocket): void;
  failed(error: Error): void;
}

/**
 * TLS as a layer on accepted sockets, so that the same code secures an origin's port, a proxy's port and the inside of
 * a monitoring proxy's tunnel. One context serves all connections: tickets of one connection resume on another.
 */
export class TlsLayer {
  /** The server's certificate in DER. */
  readonly certificate: Buffer;
  readonly #server: Server;
  /** Handshakes under way. node does not tell which socket a TLS socket was made of, but both know the peer's port. */
  readonly #pending = new Map<number, HandshakeOutcome>();

  constructor(options: TlsOptions & { readonly cert: string }) {
    this.certificate = new X509Certificate(options.cert).raw;
    this.#server = createServer(options, (socket) => this.#take(socket.remotePort)?.secured(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#take(socket.remotePort)?.failed(error));
  }

  /** Starts the server's side of the handshake on a socket. */
  secure(socket: Socket, outcome: HandshakeOutcome): void {
    const port = socket.remotePort;
    if (port === undefined) {
      outcome.failed(new Error('The client has gone before the TLS handshake'));
      return;
    }
    this.#pending.set(port, outcome);
    socket.once('close', () => {
      if (this.#pending.get(port) === outcome) {
        this.#take(port)?.failed(new Error('The client has gone during the TLS handshake'));
      }
    });
    // TLS inherits this: half-open, a client that leaves in the middle of the handshake would never be noticed.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
  }

  #take(port: number | undefined): HandshakeOutcome | undefined {
    if (port === undefined) return undefined;
    const outcome = this.#pending.get(port);
    this.#pending.delete(port);
    return outcome;
  }
}
