import type { Connection } from './connection.js';

/** Counters of one server of the lab. They only grow, except {@link Stats.openConnections}. */
export class Stats {
  /** Connections accepted so far. */
  connections = 0;
  /** Requests read so far: HTTP requests (a CONNECT is one, each round of a sign-in is one), or SOCKS requests. */
  requests = 0;
  /** Challenges sent: answers 401 or 407. */
  rounds = 0;
  /** Tunnels opened by CONNECT or SOCKS. */
  tunnels = 0;
  /** Conversations of connection-bound schemes that ended with a signed-in connection. */
  handshakes = 0;
  /** Attempts to go on with a connection-bound conversation on another connection than its own. */
  crossSocket = 0;
  /** Times a fault was played. */
  faults = 0;
  /** Uploads that were accepted in full (origins only). */
  uploads = 0;

  readonly #open = new Set<Connection>();
  readonly #requestsOf: number[] = [];
  #closedIn = 0;
  #closedOut = 0;

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#open.size;
  }

  /** Bytes read from clients, below TLS. */
  get bytesIn(): number {
    let sum = this.#closedIn;
    for (const connection of this.#open) sum += connection.bytesIn;
    return sum;
  }

  /** Bytes written to clients, below TLS. */
  get bytesOut(): number {
    let sum = this.#closedOut;
    for (const connection of this.#open) sum += connection.bytesOut;
    return sum;
  }

  /** Requests on each connection, in the order in which the connections were opened. */
  get byConnection(): readonly number[] {
    return this.#requestsOf;
  }

  /** @internal */
  opened(connection: Connection): void {
    this.connections++;
    this.#open.add(connection);
    this.#requestsOf[connection.id - 1] = 0;
  }

  /** @internal */
  closed(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.#closedIn += connection.bytesIn;
    this.#closedOut += connection.bytesOut;
  }

  /** @internal */
  requested(connection: Connection): void {
    this.requests++;
    this.#requestsOf[connection.id - 1] = (this.#requestsOf[connection.id - 1] ?? 0) + 1;
  }
}
