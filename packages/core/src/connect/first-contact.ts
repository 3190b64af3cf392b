/**
 * Lets one attempt at a proxy that is not known to be alive go ahead, so that many requests to a dead proxy wait for one
 * connect and not each for its own. Once a proxy has been reached, nobody waits until it fails again.
 */
export class FirstContact {
  readonly #reached = new Set<string>();
  /** Settles without a value when the attempt ended well or was given up, with its error when the proxy failed. */
  readonly #attempts = new Map<string, Promise<Error | undefined>>();

  /**
   * Makes a connection, unless another attempt is under way whose failure is shared.
   *
   * @param key - names the proxy.
   * @param signal - whether this attempt was given up, which says nothing about the proxy.
   * @param waiting - waits for another's attempt, no longer than this one is wanted.
   */
  async reach<T>(
    key: string,
    signal: AbortSignal,
    connect: () => Promise<T>,
    waiting: (attempt: Promise<Error | undefined>) => Promise<Error | undefined>,
  ): Promise<T> {
    while (!this.#reached.has(key)) {
      const attempt = this.#attempts.get(key);
      if (attempt === undefined) return this.#try(key, signal, connect);
      const failure = await waiting(attempt);
      if (failure !== undefined) throw failure;
    }
    return this.#try(key, signal, connect);
  }

  async #try<T>(key: string, signal: AbortSignal, connect: () => Promise<T>): Promise<T> {
    const connecting = connect();
    const attempt = connecting.then(
      () => {
        this.#reached.add(key);
        return undefined;
      },
      (error: Error) => {
        if (signal.aborted) return undefined;
        this.#reached.delete(key);
        return error;
      },
    );
    if (!this.#attempts.has(key)) {
      this.#attempts.set(key, attempt);
      void attempt.then(() => this.#attempts.delete(key));
    }
    return connecting;
  }
}
