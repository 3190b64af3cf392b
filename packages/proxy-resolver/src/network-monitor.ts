import { networkInterfaces } from 'node:os';
import type { Clock } from '@netloom/contracts';

/** The least time between two looks at the machine's addresses, in ms. */
const INTERVAL = 5000;

/** Notices, when asked, that the machine's addresses have changed. */
export class NetworkMonitor {
  readonly #clock: Clock;
  readonly #read: () => string;
  #signature: string | undefined;
  #next = 0;

  constructor(clock: Clock, read: () => string = ownAddresses) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Whether they have changed since the last time that this was asked. Looks every five seconds at most. */
  hasChanged(): boolean {
    const now = this.#clock.now();
    if (now < this.#next) return false;
    this.#next = now + INTERVAL;
    const before = this.#signature;
    this.#signature = this.#read();
    return before !== undefined && before !== this.#signature;
  }
}

function ownAddresses(): string {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list.filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
  );
  return addresses.sort().join('\n');
}
