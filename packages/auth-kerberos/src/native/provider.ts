import { SchemeError } from '@netloom/contracts';
import { kerberosError } from '../errors.js';
import type { ContextRequest, ContextStep, NegotiateProvider, SecurityContext } from '../provider.js';
import { formatSpn } from '../spn.js';
import { type CallQueue, CallsSuspended } from './call-queue.js';
import type { ContextEngine } from './context-engine.js';
import { LibraryFailure } from './library-failure.js';

/** How long a library may take for one step, in milliseconds, where the program does not say. */
const TIMEOUT_MS = 10_000;

/** What a {@link NativeProvider} is made of. */
export interface NativeProviderParts {
  readonly name: 'gssapi' | 'sspi';
  readonly engine: ContextEngine;
  readonly queue: CallQueue;
  /** See {@link timeoutOf}. */
  readonly timeoutMs: number;
  /** Ends a call that does not return. */
  readonly onTimeout?: (() => void) | undefined;
  readonly supports: (request: ContextRequest) => boolean;
}

/** A provider by a library of the system, whose calls it makes one at a time. */
export class NativeProvider implements NegotiateProvider {
  readonly name: string;
  readonly #parts: NativeProviderParts;
  #loading: Promise<string | undefined> | undefined;
  #contexts = 0;

  constructor(parts: NativeProviderParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  supports(request: ContextRequest): boolean {
    return this.#parts.supports(request);
  }

  async unavailable(): Promise<string | undefined> {
    this.#loading ??= this.#parts.engine.load().then(
      () => undefined,
      (error: Error) => error.message,
    );
    return (await this.#loading) ?? this.#parts.queue.suspended();
  }

  initialise(request: ContextRequest): SecurityContext {
    const { engine, queue } = this.#parts;
    const id = ++this.#contexts;
    let disposed = false;
    return {
      step: async (token, signal) => {
        const unavailable = await this.unavailable();
        if (unavailable !== undefined) throw suspendedError(unavailable);
        if (disposed) throw new TypeError('the context has been disposed of');
        return this.#step(id, request, token, signal);
      },
      dispose: () => {
        if (disposed) return;
        disposed = true;
        // After a step that is under way, and without waiting for it.
        queue.later(() => engine.release(id));
      },
    };
  }

  async #step(
    id: number,
    request: ContextRequest,
    token: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<ContextStep> {
    const { name, engine, queue, timeoutMs, onTimeout } = this.#parts;
    try {
      return await queue.run(() => engine.step(id, request, token), { timeoutMs, signal, onTimeout });
    } catch (error) {
      if (error instanceof CallsSuspended) throw suspendedError(error.message);
      if (!(error instanceof LibraryFailure)) throw error;
      const { major, minor, text } = error.status;
      const spn = formatSpn(request.spn, name);
      throw kerberosError({ provider: name, major, minor, text, spn, credentials: request.credentials.kind });
    }
  }
}

/**
 * The time limit of an option.
 *
 * @throws TypeError when it is none.
 */
export function timeoutOf(timeoutMs: number = TIMEOUT_MS): number {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs < 2 ** 31) return timeoutMs;
  throw new TypeError(`timeoutMs: expected milliseconds from 1 to ${2 ** 31 - 1}, got ${String(timeoutMs)}`);
}

/** The error for calls that are not made now. */
export function suspendedError(why: string): SchemeError {
  return new SchemeError('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS', { effect: 'disable-scheme', detail: why });
}
