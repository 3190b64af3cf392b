import { SchemeError } from '@netloom/contracts';
import { kerberosError } from '../errors.js';
import { IsolatedEngine } from '../isolation/isolated-engine.js';
import { CallQueue, CallsSuspended, processQueue } from '../native/call-queue.js';
import type { ContextRequest, ContextStep, NegotiateProvider, SecurityContext } from '../provider.js';
import { type ContextEngine, GssapiEngine } from './engine.js';
import { openGssapi } from './libraries.js';
import { GssapiFailure } from './status.js';

/** Options of {@link gssapiProvider}. */
export interface GssapiProviderOptions {
  /**
   * File name or path of the library. Default: GSS.framework on macOS, `libgssapi_krb5.so.2` (MIT) and then
   * `libgssapi.so.3` (Heimdal) elsewhere.
   */
  readonly library?: string | undefined;
  /**
   * How long the library may take for one step, and how long a step waits for its turn, in milliseconds, from 1 on.
   * After that the provider is unavailable for 60 s. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Where the library is called: `none` on a thread of this process, where a call that hangs delays the end of the
   * program; `process` in a child, which is killed then. Default `none`.
   */
  readonly isolation?: 'none' | 'process' | undefined;
  /**
   * Path of the child's program, `dist/gssapi-child.mjs` of this package. To be given in a bundled program, which does
   * not find it by the package's name.
   */
  readonly childFile?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Kerberos in SPNEGO tokens by the system's GSSAPI (RFC 2743, RFC 4178), called through koffi: ambient tickets, a
 * password, a keytab or a named credential cache, with channel bindings.
 *
 * @throws TypeError when an option is not what is expected.
 */
export function gssapiProvider(options: GssapiProviderOptions = {}): NegotiateProvider {
  const { library, timeoutMs = TIMEOUT_MS, isolation = 'none', childFile } = options;
  if (library !== undefined && (typeof library !== 'string' || library === '')) {
    throw new TypeError('library: expected the file name or path of a GSSAPI library');
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 2 ** 31 - 1) {
    throw new TypeError(`timeoutMs: expected milliseconds from 1 to ${2 ** 31 - 1}, got ${String(timeoutMs)}`);
  }
  if (isolation === 'process') {
    const engine = new IsolatedEngine({ library, childFile });
    return new GssapiProvider(engine, new CallQueue(), timeoutMs, () => engine.kill());
  }
  if (isolation !== 'none') throw new TypeError(`isolation: expected "none" or "process", got ${String(isolation)}`);
  return new GssapiProvider(new GssapiEngine(() => openGssapi(library)), processQueue, timeoutMs);
}

/** A provider on an engine, whose calls it makes one at a time. */
export class GssapiProvider implements NegotiateProvider {
  readonly name = 'gssapi';
  readonly #engine: ContextEngine;
  readonly #queue: CallQueue;
  readonly #timeoutMs: number;
  readonly #onTimeout: (() => void) | undefined;
  #loading: Promise<string | undefined> | undefined;
  #contexts = 0;

  /** @param onTimeout - ends a call that does not return. */
  constructor(engine: ContextEngine, queue: CallQueue, timeoutMs: number, onTimeout?: () => void) {
    this.#engine = engine;
    this.#queue = queue;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  supports(request: ContextRequest): boolean {
    return request.package === 'negotiate';
  }

  async unavailable(): Promise<string | undefined> {
    this.#loading ??= this.#engine.load().then(
      () => undefined,
      (error: Error) => error.message,
    );
    return (await this.#loading) ?? this.#queue.suspended();
  }

  initialise(request: ContextRequest): SecurityContext {
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
        this.#queue.later(() => this.#engine.release(id));
      },
    };
  }

  async #step(
    id: number,
    request: ContextRequest,
    token: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<ContextStep> {
    const options = { timeoutMs: this.#timeoutMs, signal, onTimeout: this.#onTimeout };
    try {
      return await this.#queue.run(() => this.#engine.step(id, request, token), options);
    } catch (error) {
      if (error instanceof CallsSuspended) throw suspendedError(error.message);
      if (!(error instanceof GssapiFailure)) throw error;
      const { major, minor, text } = error.status;
      const spn = `${request.spn.service}@${request.spn.host}`;
      throw kerberosError({ provider: this.name, major, minor, text, spn, credentials: request.credentials.kind });
    }
  }
}

function suspendedError(why: string): SchemeError {
  return new SchemeError('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS', { effect: 'disable-scheme', detail: why });
}
