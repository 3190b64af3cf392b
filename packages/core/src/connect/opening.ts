import type { Socket } from 'node:net';
import { type Clock, NetError, type NetErrorCode } from '@netloom/contracts';
import { type ErrorPlace, type SocketStage, socketError } from './socket-errors.js';

/**
 * The opening of one connection. It owns every socket that is made on the way: when it fails, they are all destroyed,
 * whatever stage they are in and even if they are made later by a step that had not noticed.
 */
export class Opening {
  readonly clock: Clock;
  /** What errors of this opening name. */
  readonly place: ErrorPlace;
  readonly #caller: AbortSignal;
  readonly #failure = new AbortController();
  readonly #sockets = new Set<Socket>();

  /** @param caller - gives the opening up; its reason is what the steps then reject with */
  constructor(caller: AbortSignal, clock: Clock, place: ErrorPlace) {
    this.clock = clock;
    this.place = place;
    this.#caller = caller;
    caller.addEventListener('abort', this.#onAbort, { once: true });
    if (caller.aborted) this.#onAbort();
  }

  /** Aborted as soon as the opening has failed, for whatever reason. */
  get signal(): AbortSignal {
    return this.#failure.signal;
  }

  /**
   * Takes charge of a socket. An `error` event of it can no longer end the process, now or later.
   *
   * @param below - the socket that carries this one and goes with it. It must not be destroyed by itself: when that
   * happens in the tick in which a TLS handshake ends, Node (20, 22 and 24) dies of a segmentation fault.
   */
  own<S extends Socket>(socket: S, below?: Socket): S {
    socket.on('error', keepFailure);
    if (below !== undefined) this.#sockets.delete(below);
    if (this.signal.aborted) socket.destroy();
    else this.#sockets.add(socket);
    return socket;
  }

  /** Gives up one of the sockets. */
  drop(socket: Socket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }

  /** Ends the opening in failure: destroys its sockets. */
  fail(reason: unknown): void {
    this.succeed();
    this.#failure.abort(reason);
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Ends the opening in success: the sockets belong to the caller. */
  succeed(): void {
    this.#caller.removeEventListener('abort', this.#onAbort);
  }

  /**
   * Waits for a step, but no longer than the opening lasts, and at most `ms` milliseconds if given. The step itself
   * is not stopped by the time limit; its sockets go when the opening fails.
   *
   * @throws the caller's reason of abort, what `late` makes, or the error of the step.
   */
  wait<T>(step: Promise<T>, ms: number, late: () => Error): Promise<T>;
  wait<T>(step: Promise<T>): Promise<T>;
  wait<T>(step: Promise<T>, ms?: number, late?: () => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const onFailure = () => settle(() => reject(this.signal.reason));
      const timer = ms === undefined ? undefined : this.clock.setTimeout(() => settle(() => reject(late?.())), ms);
      const settle = (act: () => void) => {
        timer?.cancel();
        this.signal.removeEventListener('abort', onFailure);
        act();
      };
      step.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
      if (this.signal.aborted) onFailure();
      else this.signal.addEventListener('abort', onFailure, { once: true });
    });
  }

  /** A {@link NetError} of this opening. */
  error(code: NetErrorCode, detail: string, cause?: unknown): NetError {
    return new NetError(code, { url: this.place.url, proxy: this.place.proxy, detail, cause });
  }

  /** The {@link NetError} for an error of one of the sockets. */
  socketError(error: unknown, stage: SocketStage): NetError {
    return socketError(error, { stage, ...this.place });
  }

  readonly #onAbort = () => this.fail(this.#caller.reason);
}

const failures = new WeakMap<Socket, Error>();

/** What a socket of a connection failed with first. TLS 1.3 tells of a refusal when the socket has already been handed on. */
export function failureOf(socket: Socket): Error | undefined {
  return failures.get(socket);
}

/**
 * Stays on every socket for its life: an error between two owners of a socket must not end the process. Whoever uses
 * the socket has listeners of its own.
 */
function keepFailure(this: Socket, error: Error): void {
  if (!failures.has(this)) failures.set(this, error);
}
