import { type AuthTarget, HostRules } from '@netloom/contracts';

/**
 * Tells which peers may be given the credentials of the logged-in user without asking anybody. Proxies always may: the
 * user chose them. Servers may when the list names them; it is written like the bypass rules of a proxy, but loopback
 * hosts are trusted only when it names them. Without a list no server may.
 *
 * @example
 * ```ts
 * const allowlist = new AmbientAllowlist('*.corp.test, 10.0.0.0/8');
 * allowlist.allows('server', 'https://wiki.corp.test/'); // true
 * ```
 */
export class AmbientAllowlist {
  readonly #rules: HostRules | undefined;

  /**
   * @param list - rules separated by commas.
   * @throws TypeError when the list is no string.
   */
  constructor(list: string | undefined) {
    if (list !== undefined && typeof list !== 'string') {
      throw new TypeError(`The allowlist must be a string of host rules such as "*.corp.test", not ${typeof list}`);
    }
    this.#rules = list === undefined ? undefined : HostRules.parse(list, { implicit: false });
  }

  /** Whether a peer may be given the logged-in user's credentials; `url` is the request's. */
  allows(target: AuthTarget, url: string): boolean {
    return target === 'proxy' || (this.#rules?.matches(new URL(url)) ?? false);
  }
}
