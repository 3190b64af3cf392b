import type { DispatchOptions, Layer } from '@netloom/core';
import { OutgoingFields } from '../net/outgoing-fields.js';
import { ThrottledHandler } from './throttled-handler.js';

/** What {@link Session.enableNetworkEmulation} takes. */
export interface EnableNetworkEmulationOptions {
  /** Whether there is no network: requests fail with `net::ERR_INTERNET_DISCONNECTED`. Default false. */
  offline?: boolean;
  /** Milliseconds that each response is late. Default 0. */
  latency?: number;
  /** Bytes that all responses together get in a second; 0: no limit. Default 0. */
  downloadThroughput?: number;
  /** Bytes that all request bodies together get in a second, as far as their lengths are known; 0: no limit. Default 0. */
  uploadThroughput?: number;
}

const RATES = ['latency', 'downloadThroughput', 'uploadThroughput'] as const;

/** Lets what is sent through it have a place in time, at so many bytes a second. */
export class Throughput {
  readonly #bytesPerSecond: number;
  #free = 0;

  /** @param bytesPerSecond - 0: no limit. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Takes a place for so many bytes; milliseconds until they are through. */
  delay(bytes: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    const now = performance.now();
    this.#free = Math.max(now, this.#free) + (bytes / this.#bytesPerSecond) * 1000;
    return this.#free - now;
  }
}

/** Conditions of a network that is worse than the machine's. */
export interface Conditions {
  readonly offline: boolean;
  /** Milliseconds. */
  readonly latency: number;
  readonly download: Throughput;
  readonly upload: Throughput;
}

/** Makes the network of a session worse than it is, for tests. Costs nothing while it is off. */
export class NetworkEmulation {
  #conditions: Conditions | undefined;
  readonly #active = new Set<ThrottledHandler>();

  /**
   * In effect for requests that are sent from now on; those under way fail when the network goes offline.
   *
   * @throws TypeError for an option of a wrong type or a negative number.
   */
  enable(options: EnableNetworkEmulationOptions): void {
    if (typeof options !== 'object' || options === null) throw new TypeError('`options` should be an object');
    const { offline = false, latency = 0, downloadThroughput = 0, uploadThroughput = 0 } = options;
    if (typeof offline !== 'boolean') throw new TypeError('`offline` should be a boolean');
    for (const name of RATES) {
      const value = options[name] ?? 0;
      if (!Number.isFinite(value) || value < 0) throw new TypeError(`\`${name}\` should be a number of at least 0`);
    }
    const [download, upload] = [new Throughput(downloadThroughput), new Throughput(uploadThroughput)];
    this.#conditions = { offline, latency, download, upload };
    if (offline) for (const handler of [...this.#active]) handler.disconnect();
  }

  disable(): void {
    this.#conditions = undefined;
  }

  get isOffline(): boolean {
    return this.#conditions?.offline === true;
  }

  /** The layer that requests go through. */
  readonly layer: Layer = (dispatch) => (options, handler) => {
    const conditions = this.#conditions;
    if (conditions === undefined) return dispatch(options, handler);
    const { opaque: fields } = options as DispatchOptions;
    const bytes = (fields instanceof OutgoingFields && fields.upload?.length) || 0;
    const throttled = new ThrottledHandler(handler, conditions, bytes, () => this.#active.delete(throttled));
    if (conditions.offline) {
      throttled.disconnect();
      return false;
    }
    this.#active.add(throttled);
    return dispatch(options, throttled);
  };
}
