import { isIP, type LookupFunction } from 'node:net';

/** One address of a name. */
export interface DnsAnswer {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The error of a name that is not in the table, as `dns.lookup` has it. */
export class NameNotFoundError extends Error {
  override readonly name = 'NameNotFoundError';
  readonly code = 'ENOTFOUND';
  readonly syscall = 'getaddrinfo';

  constructor(readonly hostname: string) {
    super(`getaddrinfo ENOTFOUND ${hostname}`);
  }
}

const QUERY_LIMIT = 1000;
const LOCALHOST: readonly DnsAnswer[] = [{ address: '127.0.0.1', family: 4 }];

/**
 * The lab's answer table. It knows `localhost` (127.0.0.1) and what was set; all else is not found, so nothing of the
 * lab ever asks a real name server. It has the shape of a host resolver and can be handed to a client as one.
 */
export class DnsTable {
  readonly #answers = new Map<string, readonly DnsAnswer[]>();
  readonly #queries: string[] = [];

  /** The last 1000 names asked for, in order; IP literals are not asked. */
  get queries(): readonly string[] {
    return this.#queries;
  }

  /**
   * Sets what a name resolves to, in the order to be tried.
   *
   * @throws TypeError when an address is no IP address.
   */
  set(hostname: string, addresses: readonly string[]): this {
    const answers = addresses.map((address) => {
      const family = isIP(address);
      if (family === 0) throw new TypeError(`Not an IP address: '${address}'`);
      return { address, family: family as 4 | 6 };
    });
    this.#answers.set(normalize(hostname), answers);
    return this;
  }

  /** Forgets a name. */
  delete(hostname: string): boolean {
    return this.#answers.delete(normalize(hostname));
  }

  /**
   * The addresses of a name, or the address itself for an IP literal.
   *
   * @throws NameNotFoundError (`code: 'ENOTFOUND'`) for a name that is not in the table, or has none of that family.
   */
  async lookup(
    hostname: string,
    options: { readonly family?: 0 | 4 | 6 | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<DnsAnswer[]> {
    options.signal?.throwIfAborted();
    return this.answer(hostname, options.family);
  }

  /** {@link lookup} at once. */
  answer(hostname: string, family: number = 0): DnsAnswer[] {
    const literal = isIP(hostname);
    if (literal !== 0) return [{ address: hostname, family: literal as 4 | 6 }];
    const name = normalize(hostname);
    if (this.#queries.push(name) > QUERY_LIMIT) this.#queries.shift();
    const known = this.#answers.get(name) ?? (isLocalhost(name) ? LOCALHOST : []);
    const answers = known.filter((answer) => !family || answer.family === family);
    if (answers.length === 0) throw new NameNotFoundError(hostname);
    return answers;
  }

  /** The table as the `lookup` option of `net.connect`, `http.request` and the like. */
  readonly netLookup: LookupFunction = (hostname, options, callback) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family;
    let answers: DnsAnswer[];
    try {
      answers = this.answer(hostname, family);
    } catch (error) {
      return process.nextTick(callback, error, '', 0);
    }
    if (options.all) process.nextTick(callback, null, answers);
    else process.nextTick(callback, null, answers[0]!.address, answers[0]!.family);
  };
}

const normalize = (hostname: string) => hostname.toLowerCase().replace(/\.$/, '');
const isLocalhost = (name: string) => name === 'localhost' || name.endsWith('.localhost');
