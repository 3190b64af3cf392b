import { HostRules } from '@netloom/contracts';

/** The servers to which the logged-in user's credentials may go without a question. */
export class AmbientServers {
  #rules: HostRules;

  /** @param list - value of `--auth-server-allowlist`. */
  constructor(list: string) {
    this.#rules = HostRules.parse(list, { implicit: false });
  }

  /**
   * Puts another list in place.
   *
   * @param domains - such as `*.corp.test, https://intranet`; `*` is every server.
   * @throws TypeError when it is no string.
   */
  set(domains: string): void {
    if (typeof domains !== 'string') throw new TypeError('`domains` should be a string');
    this.#rules = HostRules.parse(domains, { implicit: false });
  }

  /** Whether the server of a URL is one. */
  readonly includes = (url: string): boolean => this.#rules.matches(new URL(url));
}
