import type { LookupFunction, Socket } from 'node:net';
import type { Fault } from '../faults/fault.js';
import { connectTo, join } from '../proxy/pipe.js';
import type { Connection } from '../server/connection.js';
import { LabServer, type ServerOptions } from '../server/lab-server.js';
import { GARBAGE, silence, writeAndClose } from '../server/misbehaviour.js';
import { errorCode } from '../util/error-code.js';
import { urlOf } from '../util/url.js';
import { ByteReader, EndOfStreamError } from './reader.js';
import { socks4 } from './socks4.js';
import { socks5 } from './socks5.js';
import { REPLY, type SocksDialect, type SocksRequest, type SocksVersion } from './version.js';

/** Options of `lab.socks()`. */
export interface SocksOptions extends ServerOptions {
  /** User (SOCKS5) or user id (SOCKS4) that clients have to give. Default: none. */
  readonly username?: string;
  /** Password that SOCKS5 clients have to give with the user. Default: empty. */
  readonly password?: string;
  /** Versions served; a client of another is closed. Default all. */
  readonly versions?: readonly SocksVersion[];
}

const CONNECT = 1;

/** A SOCKS server: 4, 4a, 5, and 5 with user and password (RFC 1928, RFC 1929). It grants CONNECT only. */
export class SocksServer extends LabServer {
  readonly #options: SocksOptions;
  readonly #versions: ReadonlySet<SocksVersion>;

  /** @internal Use `lab.socks()`. */
  constructor(
    options: SocksOptions,
    private readonly lookup: LookupFunction,
  ) {
    super(options, undefined);
    this.#options = options;
    this.#versions = new Set(options.versions ?? ['4', '4a', '5']);
  }

  /** `socks5://127.0.0.1:PORT`, or `socks4a` or `socks4` where the server speaks nothing later. */
  get url(): string {
    const scheme = (['5', '4a', '4'] as const).find((version) => this.#versions.has(version));
    return urlOf(`socks${scheme}`, this.host, this.port, false);
  }

  protected override serve(socket: Socket, connection: Connection): void {
    this.#negotiate(socket, connection).catch((error: unknown) => {
      if (!(error instanceof EndOfStreamError) && !socket.destroyed) {
        this.record({ type: 'defect', connection: connection.id, message: String(error) });
      }
      socket.destroy();
    });
  }

  async #negotiate(socket: Socket, connection: Connection): Promise<void> {
    const reader = new ByteReader(socket);
    const version = (await reader.read(1))[0]!;
    const wrong = this.#take('greeting', connection);
    if (wrong && wrong.kind !== 'socks-version') return this.#misbehave(wrong, socket, connection);
    const dialect = this.#dialect(version, connection, wrong);
    if (!dialect) return connection.close();

    const request = await dialect.negotiate(reader, (bytes) => socket.write(bytes));
    if (!request) return connection.close();
    const target = `${request.host}:${request.port}`;
    connection.requests++;
    this.stats.requested(connection);
    const protocol = `socks${version}`;
    this.record({ type: 'request', connection: connection.id, method: 'CONNECT', target, protocol, headers: [] });
    const fault = this.#take('request', connection, target);
    if (fault?.kind === 'socks-reply') writeAndClose(connection, dialect.reply(fault.code));
    else if (fault) this.#misbehave(fault, socket, connection);
    else await this.#tunnel(request, target, dialect, socket, connection);
  }

  async #tunnel(
    { command, host, port }: SocksRequest,
    target: string,
    dialect: SocksDialect,
    socket: Socket,
    connection: Connection,
  ): Promise<void> {
    if (command !== CONNECT) {
      writeAndClose(connection, dialect.reply(REPLY.commandNotSupported));
      return;
    }
    let upstream: Socket;
    try {
      upstream = await connectTo({ host, port, lookup: this.lookup }, (opened) => this.own(opened));
    } catch (error) {
      const code = errorCode(error);
      this.record({ type: 'unreachable', connection: connection.id, target, code });
      writeAndClose(connection, dialect.reply(code === 'ECONNREFUSED' ? REPLY.refused : REPLY.hostUnreachable));
      return;
    }
    socket.write(dialect.reply(REPLY.granted));
    this.stats.tunnels++;
    this.record({ type: 'tunnel', connection: connection.id, target });
    const fault = this.#take('tunnel', connection, target);
    if (fault) {
      upstream.destroy();
      this.#misbehave(fault, socket, connection);
    } else join(socket, upstream);
  }

  #dialect(version: number, connection: Connection, fault: Fault | undefined): SocksDialect | undefined {
    const { username, password = '' } = this.#options;
    const replyVersion = fault?.kind === 'socks-version' ? { replyVersion: fault.version ?? 9 } : {};
    if (version === 5 && this.#versions.has('5')) {
      const credentials = username === undefined ? {} : { credentials: { username, password } };
      return socks5({ ...credentials, ...replyVersion, signedIn: (...how) => this.#signedIn(connection, ...how) });
    }
    if (version === 4 && (this.#versions.has('4') || this.#versions.has('4a'))) {
      const user = username === undefined ? {} : { user: username };
      return socks4({ names: this.#versions.has('4a'), ...user, ...replyVersion });
    }
    return undefined;
  }

  #signedIn(connection: Connection, user: string, accepted: boolean): void {
    const scheme = 'SOCKS5 password';
    if (accepted) this.record({ type: 'authenticated', connection: connection.id, scheme, user });
    else this.record({ type: 'rejected', connection: connection.id, scheme, reason: 'unknown user or wrong password' });
  }

  #take(stage: 'greeting' | 'request' | 'tunnel', connection: Connection, target?: string): Fault | undefined {
    const fault = this.faults.active ? this.faults.take(stage, connection, target) : undefined;
    if (fault) this.played(fault, connection);
    return fault;
  }

  #misbehave(fault: Fault, socket: Socket, connection: Connection): void {
    if (fault.kind === 'garbage') writeAndClose(connection, fault.bytes ?? GARBAGE);
    else if (fault.kind === 'reset') connection.resetAfterData();
    else if (fault.kind === 'close') connection.close();
    else if (fault.kind === 'stall') silence(socket);
    else throw new Error(`The fault '${fault.kind}' does not play on SOCKS`);
  }
}
