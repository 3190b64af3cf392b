import type { Dispatcher } from 'undici';
import type { AuthConnection } from '../auth/connection.js';
import type { OpenedConnection } from '../connect/types.js';
import { channels } from '../diagnostics.js';
import type { Engine, EngineEvents, EngineRequest } from '../engine/engine.js';
import type { Transaction } from './transaction.js';

let lastId = 0;

/** Makes the engine that speaks on an opened connection. */
export type EngineFactory = (origin: string, opened: OpenedConnection, events: EngineEvents) => Engine;

/** An opened connection and what speaks on it. */
export interface ReadyConnection {
  readonly opened: OpenedConnection;
  readonly createEngine: EngineFactory;
  /** Scheme that the proxy accepted when the tunnel was opened. */
  readonly tunnelScheme: string | undefined;
}

/** A connection of the pool: a socket with its engine, and who has signed in on it. */
export class Connection {
  /** Number of this connection in its process, from 1. */
  readonly id: number = ++lastId;
  readonly origin: string;
  /** `direct://` or `scheme://host:port`. */
  readonly route: string;
  /** Scheme that the proxy accepted when the tunnel was opened. */
  readonly tunnelScheme: string | undefined;
  readonly auth: AuthConnection;
  readonly engine: Engine;
  /** Requests that were sent on it. */
  uses = 0;
  /** Whether it has brought an answer or lain idle, so that a later failure may be due to its age. */
  proven = false;
  /** Requests that are on it, or about to be sent on it. */
  active = 0;
  #reserved = 0;
  #heldBy: Transaction | undefined;
  readonly #events: EngineEvents;
  readonly #forwards: boolean;

  /** @param forwards - whether it carries requests in absolute form, so that a proxy's sign-in concerns each of them. */
  constructor(origin: string, route: string, forwards: boolean, ready: ReadyConnection, events: EngineEvents) {
    const { opened, createEngine, tunnelScheme } = ready;
    this.origin = origin;
    this.route = route;
    this.tunnelScheme = tunnelScheme;
    this.#events = events;
    this.#forwards = forwards;
    this.auth = opened.auth;
    this.engine = createEngine(origin, opened, {
      onCapacity: events.onCapacity,
      onClosed: () => {
        if (channels.connectionClosed.hasSubscribers) channels.connectionClosed.publish(this.#event());
        events.onClosed();
      },
    });
    if (channels.connectionOpened.hasSubscribers) channels.connectionOpened.publish(this.#event());
  }

  /** Whether a request of anybody may be sent on it now. */
  get free(): boolean {
    return this.#heldBy === undefined && this.engine.alive && this.engine.capacity > this.#reserved;
  }

  /** Keeps the connection for one transaction, whose sign-in is under way on it. */
  hold(transaction: Transaction): void {
    this.#heldBy = transaction;
    transaction.held = this;
  }

  /** Gives a held connection back. */
  release(transaction: Transaction): void {
    if (this.#heldBy !== transaction) return;
    this.#heldBy = undefined;
    transaction.held = undefined;
    if (this.engine.alive) this.#events.onCapacity();
  }

  /** Takes one of the places for a request that is about to be sent. */
  reserve(): void {
    this.#reserved += 1;
    this.active += 1;
  }

  /** Gives a reserved place back without having sent. */
  cancelReservation(): void {
    this.#reserved -= 1;
    this.active -= 1;
    if (this.engine.alive) this.#events.onCapacity();
  }

  /** Closes it once nothing is on it; not while a request is about to be sent, which tells of capacity when it ends. */
  close(): void {
    if (this.#reserved === 0) this.engine.close();
  }

  /** A signed-in connection never serves another identity, nor an anonymous request. */
  serves(transaction: Transaction, serverOrigin: string): boolean {
    const { proxyIdentity, serverIdentity } = this.auth;
    if (this.#forwards && proxyIdentity !== undefined && proxyIdentity !== transaction.auth?.proxyIdentity())
      return false;
    if (serverIdentity === undefined) return true;
    return serverIdentity.origin === serverOrigin && serverIdentity.identity === transaction.auth?.serverIdentity();
  }

  /** Sends a request in a reserved place. */
  send(request: EngineRequest, handler: Dispatcher.DispatchHandler): void {
    this.#reserved -= 1;
    this.uses += 1;
    this.engine.send(request, handler);
  }

  #event() {
    return {
      connection: this.id,
      origin: this.origin,
      route: this.route,
      protocol: this.engine?.protocol ?? 'http/1.1',
    };
  }
}
