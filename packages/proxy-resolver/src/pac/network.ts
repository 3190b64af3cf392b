import {
  type Clock,
  canonicalHost,
  type HostResolver,
  type PacLookup,
  type PacNetwork,
  type PacQueryKind,
} from '@netloom/contracts';

/** How long answers are used again, in ms. */
const TTL = 60_000;
/** The same for a failure that may pass, such as a name server that does not answer. */
const FAILURE_TTL = 5_000;
/** How long a script waits for one name, in ms. */
const TIMEOUT = 10_000;
/** Answers that are kept; beyond it all are forgotten. */
const MAX_ANSWERS = 2000;

type Answer = Pick<PacLookup, 'value' | 'ttl'>;

/** Answers the questions of PAC scripts with a {@link HostResolver}, and remembers the answers for a minute. */
export class ScriptNetwork implements PacNetwork {
  readonly #resolver: HostResolver;
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly answer: Promise<Answer>; until: number }>();

  constructor(resolver: HostResolver, clock: Clock) {
    this.#resolver = resolver;
    this.#clock = clock;
  }

  async query(kind: PacQueryKind, host: string): Promise<Answer> {
    const key = `${kind} ${host}`;
    const now = this.#clock.now();
    const known = this.#answers.get(key);
    if (known !== undefined && known.until > now) {
      const { value, ttl } = await known.answer;
      return { value, ttl: Math.max(0, Math.min(ttl, known.until - this.#clock.now())) };
    }
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    const entry = { answer: this.#ask(kind, host), until: Number.POSITIVE_INFINITY };
    this.#answers.set(key, entry);
    const answer = await entry.answer;
    entry.until = this.#clock.now() + answer.ttl;
    return answer;
  }

  /** Forgets all answers, because the network changed. */
  forget(): void {
    this.#answers.clear();
  }

  async #ask(kind: PacQueryKind, host: string): Promise<Answer> {
    switch (kind) {
      case 'dnsResolve':
        return this.#lookUp(host, 4, ([first]) => first ?? null, null);
      case 'dnsResolveEx':
        return this.#lookUp(host, undefined, (addresses) => addresses.join(';'), '');
      case 'myIpAddress':
      case 'myIpAddressEx': {
        const { findMyAddresses, myIpAddress, myIpAddressEx } = await import('./my-ip.js');
        const addresses = await findMyAddresses(this.#resolver);
        return { value: kind === 'myIpAddress' ? myIpAddress(addresses) : myIpAddressEx(addresses), ttl: TTL };
      }
    }
  }

  async #lookUp(
    name: string,
    family: 4 | undefined,
    choose: (addresses: readonly string[]) => string | null,
    nothing: string | null,
  ): Promise<Answer> {
    const host = canonicalHost(name.includes(':') ? `[${name}]` : name);
    if (host === undefined) return { value: nothing, ttl: TTL };
    const timeout = new AbortController();
    const timer = this.#clock.setTimeout(() => timeout.abort(), TIMEOUT);
    try {
      const addresses = await this.#resolver.lookup(host, { family, signal: timeout.signal });
      return { value: choose(addresses.map(({ address }) => address)), ttl: TTL };
    } catch (error) {
      const unknown = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOTFOUND';
      return { value: nothing, ttl: unknown ? TTL : FAILURE_TTL };
    } finally {
      timer.cancel();
    }
  }
}
