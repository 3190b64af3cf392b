import type { ContextEngine } from '../native/context-engine.js';
import { LibraryFailure } from '../native/library-failure.js';
import type { ContextRequest, ContextStep } from '../provider.js';
import type { ChildSession } from './child-session.js';

/** How long a child without open contexts is kept, in milliseconds. */
const IDLE_MS = 30_000;

/** `GSS_S_FAILURE` (RFC 2744 section 3.9.1). */
const FAILURE = 13 << 16;

/** Options of {@link IsolatedEngine}. */
export interface IsolatedEngineOptions {
  /** File name or path of the library, where it is not to be looked for. */
  readonly library: string | undefined;
  /** The child's program; default: that of the installed package. */
  readonly childFile?: string | undefined;
  /** How long a child without open contexts is kept, in milliseconds. Default 30 000. */
  readonly idleMs?: number | undefined;
}

/** Contexts of GSSAPI in a child process, which is started when it is needed and ended when it is idle, or hangs. */
export class IsolatedEngine implements ContextEngine {
  readonly #options: IsolatedEngineOptions;
  /** The child that each open context lives in. */
  readonly #contexts = new Map<number, ChildSession>();
  #session: ChildSession | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: IsolatedEngineOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { loaded } = await this.#current();
    await loaded;
    this.#restWhenIdle();
  }

  async step(id: number, request: ContextRequest, token: Uint8Array | undefined): Promise<ContextStep> {
    clearTimeout(this.#idle);
    const begun = this.#contexts.get(id);
    const session = begun ?? (await this.#current());
    if (session.ended) throw this.#lost();
    this.#contexts.set(id, session);
    await session.loaded;
    const answer = await session.ask({ ask: 'step', context: id, request, token });
    if (answer === undefined) throw this.#lost();
    if ('failure' in answer) throw new LibraryFailure(answer.failure);
    return answer.step!;
  }

  async release(id: number): Promise<void> {
    const session = this.#contexts.get(id);
    if (session === undefined) return;
    this.#contexts.delete(id);
    await session.ask({ ask: 'release', context: id });
    this.#restWhenIdle();
  }

  /** Ends the child at once, with whatever it is doing. */
  kill(): void {
    clearTimeout(this.#idle);
    this.#session?.kill();
    this.#session = undefined;
  }

  async #current(): Promise<ChildSession> {
    const { ChildSession } = await import('./child-session.js');
    if (this.#session === undefined || this.#session.ended) {
      this.#session = new ChildSession(this.#options.library, this.#options.childFile);
    }
    return this.#session;
  }

  #restWhenIdle(): void {
    clearTimeout(this.#idle);
    if (this.#contexts.size > 0) return;
    this.#idle = setTimeout(() => this.kill(), this.#options.idleMs ?? IDLE_MS).unref();
  }

  #lost(): LibraryFailure {
    const text = 'the process that called GSSAPI has ended';
    return new LibraryFailure({ call: 'gss_init_sec_context', major: FAILURE, minor: 0, text });
  }
}
