/** Origins that are remembered; the first noted go first. */
const MAX_ORIGINS = 256;

/**
 * Origins that speak HTTP/2 but ask for a scheme that cannot run over it: requests to them go over HTTP/1.1 at once,
 * instead of hearing so each time.
 */
export class Http1Origins {
  readonly #origins = new Set<string>();

  has(origin: string): boolean {
    return this.#origins.has(origin);
  }

  add(origin: string): void {
    this.#origins.add(origin);
    if (this.#origins.size > MAX_ORIGINS) this.#origins.delete(this.#origins.keys().next().value as string);
  }

  clear(): void {
    this.#origins.clear();
  }
}
