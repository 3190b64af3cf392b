import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AuthOptions, Guard } from '../auth/guard.js';
import type { AuthTarget } from '../auth/scheme.js';
import type { Connection } from '../server/connection.js';
import { LabServer, type ServerOptions } from '../server/lab-server.js';
import { writeAndClose } from '../server/misbehaviour.js';
import type { TlsLayer } from '../server/tls-layer.js';
import { errorCode } from '../util/error-code.js';
import { cut, playAnswerFault } from './answer-faults.js';
import { Exchange, type ExchangeKind } from './exchange.js';
import { isBeyondGoAway } from './go-away.js';
import { SignIn } from './sign-in.js';

/** Bytes that the client of an HTTP/2 connection may send ahead, over all streams. */
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;

/** Options of every HTTP server of the lab. */
export interface HttpServerOptions extends ServerOptions {
  /** Sign-in that every request needs. */
  readonly auth?: AuthOptions;
}

const MAX_HEADER_BYTES = 1024 * 1024;

/** A server of the lab that speaks HTTP/1.1 and, where ALPN chose it, h2. */
export abstract class HttpLabServer extends LabServer {
  readonly #target: AuthTarget;
  readonly #http: Server;
  /** By the greatest number of concurrent streams. */
  readonly #http2 = new Map<number, Http2Server>();
  readonly #connections = new WeakMap<Duplex | ServerHttp2Session, Connection>();
  readonly #guard: Guard | undefined;
  protected readonly signIn: SignIn;

  protected constructor(options: HttpServerOptions, target: AuthTarget, tls: TlsLayer | undefined) {
    super(options, tls);
    this.#target = target;
    this.#guard = options.auth && new Guard(target, options.auth);
    this.signIn = new SignIn(this, this.faults);
    this.#http = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0, headersTimeout: 0 });
    // The lab never closes an idle connection by itself: what closes one is a fault a test has chosen.
    this.#http.keepAliveTimeout = 0;
    this.#http.on('request', (request, response) =>
      this.#received(request, response, this.#connections.get(request.socket)),
    );
    this.#http.on('connect', (request, socket, head) => this.#receivedRaw('connect', request, socket, head));
    this.#http.on('upgrade', (request, socket, head) => this.#receivedRaw('upgrade', request, socket, head));
    this.#http.on('clientError', (error, socket) => this.#malformed(error, socket));
  }

  /** Answers a request that was let in. */
  protected abstract answer(exchange: Exchange): void | Promise<void>;

  protected override serve(socket: Socket, connection: Connection): void {
    this.#connections.set(socket, connection);
    if (connection.protocol === 'http/1.1') this.#http.emit('connection', socket);
    else this.#serveHttp2(socket, connection);
  }

  #serveHttp2(socket: Socket, connection: Connection): void {
    const fault = this.faults.active ? this.faults.take('session', connection) : undefined;
    if (fault) this.played(fault, connection);
    const server = this.#http2Server(fault?.kind === 'max-streams' ? fault.max : 100);
    // 'session' is emitted within 'connection'; node gives no other way from a session to its socket.
    server.once('session', (session) => {
      // With node's 64 KiB, parallel uploads would wait for each other in turns of the event loop.
      session.setLocalWindowSize(SESSION_WINDOW_BYTES);
      this.#connections.set(session, connection);
      connection.http2Session = session;
      session.on('error', (error) =>
        this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) }),
      );
    });
    server.emit('connection', socket);
  }

  #http2Server(maxConcurrentStreams: number): Http2Server {
    let server = this.#http2.get(maxConcurrentStreams);
    if (!server) {
      server = createHttp2Server({ settings: { maxConcurrentStreams }, maxSendHeaderBlockLength: MAX_HEADER_BYTES });
      server.on('request', (request, response) => {
        const session = request.stream.session as ServerHttp2Session | undefined;
        const connection = session && this.#connections.get(session);
        // node's h2 classes mirror those of HTTP/1 but are no subtypes of them.
        this.#received(request as never, response as never, connection);
      });
      this.#http2.set(maxConcurrentStreams, server);
    }
    return server;
  }

  #received(request: IncomingMessage, response: ServerResponse, connection: Connection | undefined): void {
    if (!connection) throw new Error('A request came on a connection the lab does not know');
    // A client that goes away in the middle is what tests do; the connection's own events tell it.
    request.on('error', (error) =>
      this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) }),
    );
    this.#handle(new Exchange('request', request, response, connection));
  }

  /** CONNECT and upgrade: node has let go of the socket. An answer that is not the switch gives it back. */
  #receivedRaw(kind: ExchangeKind, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const connection = this.#connections.get(socket);
    if (!connection) throw new Error('A request came on a connection the lab does not know');
    const response = new ServerResponse(request);
    response.shouldKeepAlive = request.httpVersionMinor > 0 && !/\bclose\b/i.test(request.headers.connection ?? '');
    response.assignSocket(socket as Socket);
    response.once('finish', () => {
      response.detachSocket(socket as Socket);
      if (!response.shouldKeepAlive || socket.destroyed) return (socket as Socket).destroySoon();
      if (head.length > 0) socket.unshift(head);
      this.#http.emit('connection', socket);
    });
    this.#handle(new Exchange(kind, request, response, connection, { socket, head }));
  }

  #handle(exchange: Exchange): void {
    this.#process(exchange).catch((error: unknown) => {
      const gone = exchange.connection.stream.destroyed || exchange.response.destroyed;
      if (gone) return;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.record({ type: 'defect', connection: exchange.connection.id, message });
      if (!exchange.response.headersSent) exchange.send(500, { 'content-type': 'text/plain' }, message);
      else exchange.abort();
    });
  }

  async #process(exchange: Exchange): Promise<void> {
    const { connection, request, target, method, protocol } = exchange;
    if (connection.deaf) return cut('stall', exchange);
    connection.requests++;
    this.stats.requested(connection);
    this.record({ type: 'request', connection: connection.id, method, target, protocol, headers: request.rawHeaders });
    if (isBeyondGoAway(exchange)) return;
    if (this.faults.active && (await this.#playRequestFault(exchange))) return;
    if (this.#guard && !(await this.signIn.admit(exchange, this.#guard))) return;
    if (this.faults.active) this.#armResponseFault(exchange);
    await this.answer(exchange);
  }

  async #playRequestFault(exchange: Exchange): Promise<boolean> {
    const { connection, target, kind, isHttp2 } = exchange;
    const fault =
      kind === 'connect'
        ? this.faults.take('connect', connection, target)
        : this.faults.takeForRequest(connection, target, isHttp2);
    if (!fault) return false;
    if (fault.kind === 'connect-extra') {
      exchange.extraBytes = fault.bytes ?? Buffer.from('HTTP/1.1 200 extra bytes\r\n\r\n');
      this.played(fault, connection);
      return false;
    }
    this.played(fault, connection);
    if (fault.kind === 'challenge') {
      await this.signIn.challengeAnyway(fault.challenge, this.#target, exchange, this.#guard);
      return true;
    }
    return playAnswerFault(fault, exchange);
  }

  /** A response that says keep-alive and is followed by the end of the connection. */
  #armResponseFault(exchange: Exchange): void {
    const { connection, target, response, isHttp2 } = exchange;
    const fault = this.faults.take('response', connection, target);
    if (fault?.kind !== 'close' && fault?.kind !== 'reset') return;
    this.played(fault, connection);
    if (fault.announce && !isHttp2) response.setHeader('connection', 'close');
    response.once('finish', () => cut(fault.kind, exchange));
  }

  #malformed(error: Error, socket: Duplex): void {
    const connection = this.#connections.get(socket);
    if (!connection) throw new Error('A request came on a connection the lab does not know');
    this.record({ type: 'socket-error', connection: connection.id, code: errorCode(error) });
    if (socket.writable) writeAndClose(connection, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  }
}
