import type { AuthContext, SecurityMechanism } from '@netloom/contracts';
import type { ContextRequest, ContextStep, NegotiateProvider, SecurityContext } from '../provider.js';
import type { ManagedContext } from './context.js';

/**
 * SPNEGO in plain TypeScript around a mechanism that was handed in. It needs a user name and a password.
 *
 * @param mechanism - what SPNEGO carries, such as NTLM.
 * @param auth - the sign-in that it serves.
 * @param bare - leaves SPNEGO out and sends the mechanism's own tokens.
 */
export function managedProvider(mechanism: SecurityMechanism, auth: AuthContext, bare = false): NegotiateProvider {
  return {
    name: 'managed',
    supports: ({ credentials, package: name }) => name === 'negotiate' && credentials.kind === 'password',
    unavailable: async () => undefined,
    initialise: ({ channelBinding }: ContextRequest) => new LazyContext(mechanism, { ...auth, channelBinding }, bare),
  };
}

/** Loads the reader and writer of SPNEGO when the first token is wanted. */
class LazyContext implements SecurityContext {
  readonly #mechanism: SecurityMechanism;
  readonly #auth: AuthContext;
  readonly #bare: boolean;
  #context: ManagedContext | undefined;
  #disposed = false;

  constructor(mechanism: SecurityMechanism, auth: AuthContext, bare: boolean) {
    this.#mechanism = mechanism;
    this.#auth = auth;
    this.#bare = bare;
  }

  async step(token: Uint8Array | undefined, signal: AbortSignal): Promise<ContextStep> {
    if (this.#context === undefined) {
      const { ManagedContext } = await import('./context.js');
      signal.throwIfAborted();
      if (this.#disposed) throw new TypeError('the context has been disposed of');
      this.#context = new ManagedContext(this.#mechanism, () => this.#mechanism.start(this.#auth), this.#bare);
    }
    return this.#context.step(token, signal);
  }

  dispose(): void {
    this.#disposed = true;
    this.#context?.dispose();
  }
}
