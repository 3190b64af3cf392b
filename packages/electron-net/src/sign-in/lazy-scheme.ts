import {
  type AuthContext,
  type Challenge,
  type ConnectionScheme,
  type Conversation,
  NetError,
} from '@netloom/contracts';

/** What is known of a scheme before it is loaded. */
export type SchemeFacts = Pick<ConnectionScheme, 'name' | 'requiresHttp1' | 'identities'>;

/**
 * A connection-bound scheme that is loaded when a peer asks for it first.
 *
 * @param load - loads the scheme; called at most once.
 */
export function lazyScheme(facts: SchemeFacts, load: () => Promise<ConnectionScheme>): ConnectionScheme {
  let loading: Promise<ConnectionScheme> | undefined;
  const scheme = () => {
    loading ??= load();
    return loading;
  };
  return { ...facts, connectionBound: true, start: (context) => new LazyConversation(scheme, context) };
}

class LazyConversation implements Conversation {
  readonly #scheme: () => Promise<ConnectionScheme>;
  readonly #context: AuthContext;
  #conversation: Conversation | undefined;
  #disposed = false;

  constructor(scheme: () => Promise<ConnectionScheme>, context: AuthContext) {
    this.#scheme = scheme;
    this.#context = context;
  }

  get unfinished(): boolean {
    return this.#conversation?.unfinished ?? false;
  }

  async step(challenge: Challenge, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#conversation === undefined) {
      const scheme = await this.#scheme();
      if (this.#disposed) throw new NetError('ERR_ABORTED');
      this.#conversation = scheme.start(this.#context);
    }
    return this.#conversation.step(challenge, signal);
  }

  async finish(final: Parameters<Conversation['finish']>[0]): Promise<'ok' | 'mutual-auth-failed'> {
    return this.#conversation?.finish(final) ?? 'ok';
  }

  dispose(): void {
    this.#disposed = true;
    this.#conversation?.dispose();
  }
}
