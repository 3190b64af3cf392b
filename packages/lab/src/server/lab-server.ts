import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Fault } from '../faults/fault.js';
import { FaultPlan } from '../faults/plan.js';
import { errorCode } from '../util/error-code.js';
import { Connection, resetSocket } from './connection.js';
import type { LabEvent, LabEventMap } from './events.js';
import { GARBAGE, silence, writeAndClose } from './misbehaviour.js';
import { Stats } from './stats.js';
import type { TlsLayer } from './tls-layer.js';

/** Options of every server of the lab. */
export interface ServerOptions {
  /** Address to listen on. Default `127.0.0.1`; `::1` where the machine has IPv6. */
  readonly host?: string;
  /** Fault or faults to play from the start. */
  readonly fault?: Fault | readonly Fault[];
}

const LOG_LIMIT = 10_000;

/**
 * What all servers of the lab have in common: one listening port, connections that are counted and closed, an event
 * log, and the faults that play before a protocol is spoken.
 */
export abstract class LabServer extends EventEmitter<LabEventMap> {
  /** Counters, live. */
  readonly stats = new Stats();
  /** What happened, oldest first; the last 10 000 events. */
  readonly log: LabEvent[] = [];
  /** Address the server listens on. */
  readonly host: string;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  protected readonly faults = new FaultPlan();
  readonly #watchers = new Set<() => void>();
  #port = 0;
  #closed = false;

  protected constructor(
    options: ServerOptions,
    protected readonly tls: TlsLayer | undefined,
  ) {
    super();
    this.setMaxListeners(0);
    this.host = options.host ?? '127.0.0.1';
    this.faults.set(options.fault);
    // Half-open as node's HTTP server has it: a client may end its side and still read the answer.
    this.#listener = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** Port the server listens on; it stays the same while the fault `refuse` closes it. */
  get port(): number {
    return this.#port;
  }

  /** URL of the server, without a trailing slash. */
  abstract get url(): string;

  /** Speaks the server's protocol on a connection that was accepted and, with TLS, is secure. */
  protected abstract serve(socket: Socket, connection: Connection): void;

  /** @internal Opens the port. */
  async listen(): Promise<this> {
    this.#listener.listen({ port: this.#port, host: this.host, backlog: 1024 });
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
    if (this.faults.refuses) this.#listener.close();
    return this;
  }

  /**
   * Sets, replaces or (with `undefined`) removes the faults of this server; counting starts anew. Connections that are
   * open stay open. Resolves once a port closed by `refuse` is open again, or closed.
   *
   * @throws TypeError for a fault that is not known.
   */
  async setFault(fault: Fault | readonly Fault[] | undefined): Promise<void> {
    this.faults.set(fault);
    if (this.#closed || this.faults.refuses === !this.#listener.listening) return;
    if (this.faults.refuses) this.#listener.close();
    else await this.listen();
  }

  /**
   * Waits until `predicate` holds. It is asked at once and after every event of this server.
   *
   * @param options.timeout - ms until it gives up with an error that tells the counters; default 10 000.
   */
  until(predicate: (server: this) => boolean, options: { readonly timeout?: number } = {}): Promise<void> {
    const { timeout = 10_000 } = options;
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#watchers.delete(check);
        clearTimeout(timer);
      };
      const check = () => {
        try {
          if (predicate(this)) {
            stop();
            resolve();
          } else if (this.#closed) {
            stop();
            reject(new Error(`${this.url} was closed before what was waited for: ${this.#counters()}`));
          }
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Not reached within ${timeout} ms at ${this.url}: ${this.#counters()}`));
      }, timeout);
      this.#watchers.add(check);
      check();
    });
  }

  /** Closes every open connection of this server, with a FIN or (`reset`) a RST; the port stays open. */
  closeConnections(options: { readonly reset?: boolean } = {}): void {
    for (const socket of this.#sockets) {
      if (options.reset) resetSocket(socket);
      else socket.destroy();
    }
  }

  /** Closes the port and every connection. Calling it again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const closed = this.#listener.listening ? once(this.#listener, 'close') : undefined;
    if (closed) this.#listener.close();
    const sockets = [...this.#sockets];
    const gone = sockets.map((socket) => (socket.closed ? undefined : once(socket, 'close')));
    for (const socket of sockets) socket.destroy();
    await Promise.all([closed, ...gone]);
    this.#tellWatchers();
  }

  /** @internal Appends to the log and tells listeners. */
  record(event: LabEvent): void {
    if (this.log.push(event) > LOG_LIMIT) this.log.splice(0, LOG_LIMIT / 2);
    (this.emit as (type: string, event: LabEvent) => boolean)(event.type, event);
    if (this.#watchers.size > 0) this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const check of [...this.#watchers]) check();
  }

  /** Keeps a socket that is not a client's (such as one to the next hop) for {@link close}. */
  protected own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#closed) socket.destroy();
  }

  #accept(socket: Socket): void {
    const connection = new Connection(this.stats.connections + 1, socket);
    this.stats.opened(connection);
    this.own(socket);
    socket.on('error', (error) =>
      this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) }),
    );
    socket.once('close', () => {
      this.stats.closed(connection);
      const { bytesIn, bytesOut } = connection;
      this.record({ type: 'close', connection: connection.id, bytesIn, bytesOut });
    });
    this.record({ type: 'connection', connection: connection.id });
    if (this.playFault('accept', connection)) return;
    if (!this.tls) this.serve(socket, connection);
    else if (this.faults.active && this.faults.has('tls')) {
      // The fault plays when the client has begun: a server that fails before that fails on accept.
      socket.once('readable', () => this.playFault('tls', connection) || this.#secure(socket, connection));
    } else this.#secure(socket, connection);
  }

  #secure(socket: Socket, connection: Connection): void {
    this.tls?.secure(socket, {
      secured: (secure: TLSSocket) => {
        connection.stream = secure;
        connection.protocol = secure.alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
        connection.certificate = this.tls?.certificate;
        connection.clientCertificate = commonName(secure);
        const alpn = secure.alpnProtocol || undefined;
        this.record({ type: 'secure', connection: connection.id, alpn, resumed: secure.isSessionReused() });
        secure.on('error', (error) =>
          this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) }),
        );
        this.serve(secure, connection);
      },
      failed: (error) => {
        this.record({ type: 'tls-error', connection: connection.id, code: errorCode(error) });
        socket.destroy();
      },
    });
  }

  /** Plays the fault that is due at this stage, if there is one. Returns whether it took the connection over. */
  protected playFault(at: 'accept' | 'tls', connection: Connection): boolean {
    if (!this.faults.active) return false;
    const fault = this.faults.take(at, connection);
    if (!fault) return false;
    this.played(fault, connection);
    const { socket } = connection;
    if (fault.kind === 'reset') connection.reset();
    else if (fault.kind === 'close') connection.close();
    else if (fault.kind === 'garbage') writeAndClose(connection, fault.bytes ?? GARBAGE);
    else silence(socket);
    return true;
  }

  /** @internal Counts and logs a fault that plays. */
  played(fault: Fault, connection: Connection): void {
    this.stats.faults++;
    this.record({
      type: 'fault',
      connection: connection.id,
      kind: 'at' in fault ? `${fault.kind} at ${fault.at}` : fault.kind,
    });
  }

  #counters(): string {
    const { connections, openConnections, requests, rounds, tunnels, handshakes, faults, bytesIn, bytesOut } =
      this.stats;
    return JSON.stringify({
      connections,
      openConnections,
      requests,
      rounds,
      tunnels,
      handshakes,
      faults,
      bytesIn,
      bytesOut,
    });
  }
}

function commonName(socket: TLSSocket): string | undefined {
  // Without a certificate node gives an empty object, whatever its types say.
  const name = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}
