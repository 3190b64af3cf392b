import { channels } from '../../src/index.js';

/** Counts, as the client sees it, how many connections were open at one time to each port. */
export class PeakConnections {
  readonly #open = new Map<string, number>();
  readonly #peaks = new Map<string, number>();

  constructor() {
    channels.connectionOpened.subscribe((event) => {
      const key = portOf(event as { origin: string });
      const open = (this.#open.get(key) ?? 0) + 1;
      this.#open.set(key, open);
      this.#peaks.set(key, Math.max(open, this.#peaks.get(key) ?? 0));
    });
    channels.connectionClosed.subscribe((event) => {
      const key = portOf(event as { origin: string });
      this.#open.set(key, (this.#open.get(key) ?? 0) - 1);
    });
  }

  /** The largest number for any of these servers. */
  of(...servers: ({ readonly port: number } | undefined)[]): number {
    return Math.max(0, ...servers.map((server) => this.#peaks.get(`${server?.port}`) ?? 0));
  }
}

function portOf({ origin }: { readonly origin: string }): string {
  return new URL(origin).port;
}
