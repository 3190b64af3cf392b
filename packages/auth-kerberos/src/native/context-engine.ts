import type { ContextRequest, ContextStep } from '../provider.js';

/** Security contexts by number, made by a library in this process or in another. */
export interface ContextEngine {
  /**
   * Makes the library ready.
   *
   * @throws Error that says why it cannot be used.
   */
  load(): Promise<void>;
  /**
   * Takes the peer's token and makes the next one. The first step of a number begins a context.
   *
   * @throws LibraryFailure
   */
  step(id: number, request: ContextRequest, token: Uint8Array | undefined): Promise<ContextStep>;
  /** Frees a context, if there is one of that number. */
  release(id: number): Promise<void>;
}
