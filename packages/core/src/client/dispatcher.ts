import type { Dispatcher as DispatcherType } from 'undici';
import { Dispatcher, WEB_SOCKET_LIMITS } from '../engine/undici.js';

/** What stands behind a {@link ClientDispatcher}. */
export interface DispatcherBackend {
  readonly dispatch: DispatcherType.Dispatch;
  close(): Promise<void>;
  destroy(error: Error | null): Promise<void>;
}

type Callback = () => void;

/**
 * A client as an undici Dispatcher, for everything that takes one: the built-in `fetch`, `undici.fetch`,
 * `undici.request`, undici's WebSocket and EventSource.
 */
export class ClientDispatcher extends Dispatcher {
  /** Read by undici's WebSocket. */
  readonly webSocketOptions = WEB_SOCKET_LIMITS;
  readonly #backend: DispatcherBackend;

  constructor(backend: DispatcherBackend) {
    super();
    this.#backend = backend;
  }

  override dispatch(options: DispatcherType.DispatchOptions, handler: DispatcherType.DispatchHandler): boolean {
    return this.#backend.dispatch(options, handler);
  }

  override close(): Promise<void>;
  override close(callback: Callback): void;
  override close(callback?: Callback): Promise<void> | void {
    const closed = this.#backend.close();
    if (callback === undefined) return closed;
    void closed.then(callback);
  }

  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: Callback): void;
  override destroy(error: Error | null, callback: Callback): void;
  override destroy(first?: Error | null | Callback, second?: Callback): Promise<void> | void {
    const callback = typeof first === 'function' ? first : second;
    const destroyed = this.#backend.destroy(typeof first === 'function' ? null : (first ?? null));
    if (callback === undefined) return destroyed;
    void destroyed.then(callback);
  }
}
