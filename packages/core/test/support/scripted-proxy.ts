import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** One connection to a {@link ScriptedProxy}, from the proxy's side. */
export class ScriptedConnection {
  readonly socket: Socket;
  /** Heads that came on this connection. */
  readonly heads: string[] = [];
  /** Resolves when the client has closed the connection. */
  readonly closed: Promise<unknown>;
  #received = '';
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined); // a client that resets is part of the tests
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#wake?.();
    });
  }

  /** The next request head. */
  async head(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end >= 0) {
        const head = this.#received.slice(0, end + 4);
        this.#received = this.#received.slice(end + 4);
        this.heads.push(head);
        return head;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Answers 407 with a body. */
  challenge(text = 'Basic realm="x"', { close = false, body = 'no' } = {}): void {
    this.send(
      `HTTP/1.1 407 Sign in\r\nProxy-Authenticate: ${text}\r\nContent-Length: ${body.length}\r\n` +
        `${close ? 'Connection: close\r\n' : ''}\r\n${body}`,
    );
    if (close) this.socket.end();
  }

  grant(): void {
    this.send('HTTP/1.1 200 OK\r\n\r\n');
  }
}

/** What a proxy does with its n-th connection (from 0). */
export type Script = (connection: ScriptedConnection, n: number) => Promise<void> | void;

/** A proxy on a loopback port that does with each connection what a test says. */
export class ScriptedProxy {
  readonly connections: ScriptedConnection[] = [];
  readonly #server: Server;

  private constructor(script: Script) {
    this.#server = createServer((socket) => {
      const connection = new ScriptedConnection(socket);
      const n = this.connections.push(connection) - 1;
      void script(connection, n);
    });
  }

  static async listen(script: Script): Promise<ScriptedProxy> {
    const proxy = new ScriptedProxy(script);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when no connection is open any more. */
  async idle(): Promise<void> {
    await Promise.all(this.connections.map(({ closed }) => closed));
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
