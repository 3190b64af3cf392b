import { describeProxy, describeRoute, NetError, type ProxyRoute } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import { ReplayBody, type RequestBody } from '../body/replay.js';
import { failureOf } from '../connect/opening.js';
import { PeerClosedError, socketError } from '../connect/socket-errors.js';
import type { Connector, Destination, TunnelAuth } from '../connect/types.js';
import type { ConnectJob } from './connect-job.js';
import type { EngineFactory, ReadyConnection } from './connection.js';
import { Exchange, type ExchangeHost } from './exchange.js';
import { Group, type GroupHost } from './group.js';
import type { CheckedLimits } from './limits.js';
import { Room } from './room.js';
import { destinationOf, RouteTable, usesAbsoluteForm } from './route-table.js';
import { type LayerOptions, TRANSACTION, Transaction } from './transaction.js';

/** What a {@link Pool} is made from. */
export interface PoolOptions {
  readonly connector: Connector;
  /** What makes the engine for the protocol that ALPN agreed on. */
  readonly loadEngine: (alpn: string | undefined) => Promise<EngineFactory>;
  readonly limits: CheckedLimits;
  /** Whether HTTP/2 is offered to origins. */
  readonly http2: boolean;
  /** Time limits of requests that say none, in ms; 0: no limit. */
  readonly headersMs: number;
  readonly bodyMs: number;
  /** Where connections for an origin go instead; not asked where the proxy connects. */
  readonly mapDestination?: ((destination: Destination) => Destination) | undefined;
  /** Signs in at the HTTP proxy of a route when a tunnel is opened for `host:port`. */
  readonly tunnelAuth: (job: ConnectJob) => TunnelAuth | undefined;
}

/** Requests in absolute form share the connections to their proxy, whatever their origin. */
const FORWARDED = '*';
/** Origins whose protocol is remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 1_000;

/** Leases the connections of all routes to requests, and opens them as far as the limits allow. */
export class Pool implements GroupHost, ExchangeHost {
  readonly #options: PoolOptions;
  readonly #routes = new RouteTable();
  readonly #room: Room;
  readonly #protocols = new Map<string, string>();
  #closing: NetError | undefined;
  #empty: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#room = new Room(options.limits);
  }

  dispatch(options: LayerOptions, handler: Dispatcher.DispatchHandler): boolean {
    let transaction = options[TRANSACTION];
    if (transaction === undefined) {
      const body = options.body instanceof ReplayBody ? options.body : new ReplayBody(options.body as RequestBody);
      transaction = new Transaction(body, false);
      handler.onRequestStart?.(transaction, undefined);
    }
    if (this.#closing !== undefined && transaction.held === undefined) {
      handler.onResponseError?.(transaction, this.#closing);
      return false;
    }
    transaction.bytesSent = false;
    let group: Group;
    try {
      group = this.groupOf(options, transaction);
    } catch (error) {
      handler.onResponseError?.(transaction, error as NetError);
      return false;
    }
    new Exchange(this, group, options, handler, transaction).begin();
    return true;
  }

  /**
   * Opens connections for an origin ahead of its requests, by the route of the transaction; see {@link Group.preconnect}.
   *
   * @throws what the first of them failed with.
   */
  async preconnect(options: LayerOptions, transaction: Transaction, count: number): Promise<void> {
    if (this.#closing !== undefined) throw this.#closing;
    const group = this.groupOf(options, transaction);
    try {
      await group.preconnect(Math.min(count, this.#options.limits.perOrigin));
    } finally {
      if (group.empty) this.#remove(group);
    }
  }

  get headersMs(): number {
    return this.#options.headersMs;
  }

  get bodyMs(): number {
    return this.#options.bodyMs;
  }

  groupOf(options: LayerOptions, transaction: Transaction): Group {
    const upgrade = typeof options.upgrade === 'string';
    const flags =
      (transaction.privacy ? 1 : 0) |
      (transaction.http1Only || upgrade || !this.#options.http2 ? 2 : 0) |
      (upgrade ? 4 : 0);
    const { route } = transaction;
    const origin = String(options.origin);
    const absoluteForm = usesAbsoluteForm(route, origin, upgrade);
    const owner = absoluteForm ? FORWARDED : origin;
    return this.#routes.entry(route).find(owner, flags) ?? this.#addGroup(route, origin, absoluteForm, flags);
  }

  #addGroup(route: ProxyRoute, origin: string, absoluteForm: boolean, flags: number): Group {
    const own = destinationOf(origin);
    const profile = {
      route,
      routeName: describeRoute(route),
      origin: absoluteForm ? `http://${describeRoute(route).split('://')[1]}` : origin,
      destination: absoluteForm ? own : (this.#options.mapDestination?.(own) ?? own),
      absoluteForm,
      http1Only: (flags & 2) !== 0,
    };
    const entry = this.#routes.entry(route);
    return entry.add(absoluteForm ? FORWARDED : origin, flags, (host) => {
      const counters = [this.#room.total, host, ...(route.proxy === undefined ? [] : [entry.counter])];
      return new Group(profile, counters, this);
    });
  }

  mayOpen(group: Group): boolean {
    return this.#closing === undefined && this.#room.for(group);
  }

  async open(job: ConnectJob): Promise<ReadyConnection> {
    const { route, origin, destination, absoluteForm, http1Only } = job.profile;
    const tunnelAuth = absoluteForm ? undefined : this.#options.tunnelAuth(job);
    try {
      const opened = await this.#options.connector.open({
        route,
        destination,
        tunnel: !absoluteForm,
        alpn: http1Only ? ['http/1.1'] : ['h2', 'http/1.1'],
        userAgent: job.waiter?.userAgent,
        tunnelAuth,
        signal: job.signal,
      });
      const createEngine = await this.#options.loadEngine(opened.alpn);
      const { socket } = opened;
      // It may go while an engine is loaded, and HTTP/2 that is begun on it then never ends.
      if (socket.destroyed) {
        const proxy = route.proxy && describeProxy(route.proxy);
        throw socketError(failureOf(socket) ?? socket.errored ?? new PeerClosedError(), {
          stage: 'transfer',
          url: origin,
          proxy,
        });
      }
      return { opened, createEngine, tunnelScheme: tunnelAuth?.scheme };
    } finally {
      tunnelAuth?.dispose();
    }
  }

  chooseCertificate(group: Group): Promise<boolean> {
    return this.#options.connector.chooseCertificate(group.profile.destination);
  }

  changed(group: Group): void {
    // What was closed to make room is for the group that it was made for, and who stands in line is asked in his turn.
    if (!this.#room.making && group.waitsAt === undefined) group.process();
    // Connections that were still being opened when the client was closed serve who waited for them, and nobody else.
    if (this.#closing !== undefined && group.waiters.size === 0) group.close();
    this.#room.changed(group);
    if (group.empty) this.#remove(group);
    if (this.#room.total.open === 0) this.#onEmpty?.();
  }

  #remove(group: Group): void {
    this.#routes.remove(group);
    this.#room.remove(group);
  }

  protocolOf(group: Group): string | undefined {
    return this.#protocols.get(group.profile.origin);
  }

  learnProtocol(group: Group, protocol: string): void {
    const { destination, origin, http1Only } = group.profile;
    if (destination.protocol !== 'https:' || http1Only) return;
    this.#protocols.delete(origin);
    this.#protocols.set(origin, protocol);
    if (this.#protocols.size > MAX_REMEMBERED) this.#protocols.delete(this.#protocols.keys().next().value as string);
  }

  requireHttp1(group: Group): void {
    this.#protocols.set(group.profile.origin, 'http/1.1');
  }

  /** Closes idle connections; those in use go on. */
  closeIdle(): void {
    for (const group of this.#routes.groups()) {
      for (let idle = group.takeIdle(); idle !== undefined; idle = group.takeIdle()) idle.engine.destroy();
    }
  }

  /** Closes all connections at once; requests under way fail with the error. */
  closeAll(error: Error): void {
    for (const group of [...this.#routes.groups()]) group.destroy(error);
  }

  /** Takes no new request; resolves when those under way have ended and every connection is closed. */
  async close(): Promise<void> {
    this.#closing ??= new NetError('ERR_CONTEXT_SHUT_DOWN', { detail: 'the client was closed' });
    if (this.#room.total.open === 0) return;
    this.#empty ??= new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const group of [...this.#routes.groups()]) group.close();
    await this.#empty;
  }

  /** Ends everything at once; requests under way fail with the error. */
  async destroy(error: Error): Promise<void> {
    this.#closing ??= new NetError('ERR_CONTEXT_SHUT_DOWN', { detail: 'the client was destroyed', cause: error });
    this.closeAll(error);
    await this.close();
  }
}
