import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** ms; loopback needs a fraction of one. */
const TIME_TO_READ = 30;

/** One accepted connection of a server: the TCP socket below everything, and what tests ask about it. */
export class Connection {
  /** Requests read on this connection so far. */
  requests = 0;
  /** Protocol chosen by ALPN on the server's own TLS layer, `http/1.1` where there is none. */
  protocol: 'http/1.1' | 'h2' = 'http/1.1';
  /** Server certificate of the server's own TLS layer in DER; `undefined` on plain TCP. Channel bindings hash it. */
  certificate: Buffer | undefined;
  /** Common name of the client certificate, where one was asked for and sent. */
  clientCertificate: string | undefined;
  /** The socket the server's protocol is spoken on: {@link socket}, or TLS above it. */
  stream: Socket;
  /** Nothing that comes from now on is answered: a fault. */
  deaf = false;
  /** The session, where h2 is spoken. */
  http2Session: ServerHttp2Session | undefined;

  constructor(
    /** 1 for the first connection of the server, then counting up. */
    readonly id: number,
    /** The TCP socket, below TLS. */
    readonly socket: Socket,
  ) {
    this.stream = socket;
  }

  /** Bytes read from the client, below TLS. */
  get bytesIn(): number {
    return this.socket.bytesRead;
  }

  /** Bytes written to the client, below TLS. */
  get bytesOut(): number {
    return this.socket.bytesWritten;
  }

  /** Closes the connection with a FIN after what was written. */
  close(): void {
    // Beneath a session the socket is not ours to end.
    if (this.http2Session) this.http2Session.destroy();
    else this.stream.destroySoon();
  }

  /** Closes the connection with a RST; what was not sent yet is lost. */
  reset(): void {
    resetSocket(this.socket);
  }

  /**
   * Closes the connection with a RST once the client has had time to read what was sent: libuv tells a client that
   * finds bytes and a RST at once of an ordinary end.
   */
  resetAfterData(): void {
    setTimeout(() => this.reset(), TIME_TO_READ).unref();
  }
}

/** Sends a RST and nothing else. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // resetAndDestroy() would end the socket by destroySoon() first, and the client would see a FIN before the RST.
  socket.destroySoon = () => socket.destroy();
  socket.resetAndDestroy();
}
