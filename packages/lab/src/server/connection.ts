import type { Socket } from 'node:net';

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
    this.stream.destroySoon();
  }

  /** Closes the connection with a RST; what was written may be lost. */
  reset(): void {
    if (!this.socket.destroyed) this.socket.resetAndDestroy();
  }
}
