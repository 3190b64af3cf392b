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
  readonly #matches: (url: string) => boolean;

  /**
   * @param list - rules separated by commas, or what tells it of a URL.
   * @throws TypeError when the list is neither.
   */
  constructor(list: string | ((url: string) => boolean) | undefined) {
    if (list !== undefined && typeof list !== 'string' && typeof list !== 'function') {
      throw new TypeError(`The allowlist must be a string of host rules such as "*.corp.test", not ${typeof list}`);
    }
    if (typeof list === 'function') this.#matches = list;
    else {
      const rules = list === undefined ? undefined : HostRules.parse(list, { implicit: false });
      this.#matches = (url) => rules?.matches(new URL(url)) ?? false;
    }
  }

  /** Whether a peer may be given the logged-in user's credentials; `url` is the request's. */
  allows(target: AuthTarget, url: string): boolean {
    return target === 'proxy' || this.#matches(url);
  }
}
