import type { AuthScheme, Challenge, Identity, RequestScheme, SchemeFailure } from '@netloom/contracts';
import type { AuthConnection } from './connection.js';
import { type AuthScope, realmOf } from './endpoint.js';
import { type SignInIdentity, sameIdentity } from './identity.js';
import { judgeRound } from './round.js';
import { asFailure, effectOf, reasonOf, takesAmbientIdentity, takesExplicitIdentity } from './scheme-errors.js';

/** Where an identity came from. `scheme`: it needs none. */
export type IdentitySource = 'url' | 'path' | 'cache' | 'ambient' | 'provider' | 'scheme';

/** A scheme and who could sign in by it. */
export interface Candidate {
  readonly scheme: AuthScheme;
  readonly realm: string;
  /** The challenges that can be answered, all of this realm, the selected one first. */
  readonly challenges: readonly [Challenge, ...Challenge[]];
  readonly identity: SignInIdentity | undefined;
  /** Undefined: the provider has to be asked first. */
  readonly source: IdentitySource | undefined;
  /** To be called when the peer has accepted the identity. */
  readonly proved?: (() => void) | undefined;
}

/** Chooses schemes and identities for one endpoint in one transaction, and remembers what did not work. */
export class Selection {
  readonly #scope: AuthScope;
  #offered: readonly Challenge[] = [];
  readonly #disabled = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #lastRefused = new Map<string, Identity>();
  readonly #asked = new Map<string, number>();
  readonly #failures = new Map<string, string>();
  #cause: unknown;
  #urlIdentityUsed = false;
  #usable = false;
  #answer: { readonly realm: string; readonly identity: Identity; readonly proved: () => void } | undefined;

  constructor(scope: AuthScope) {
    this.#scope = scope;
  }

  /** Names of the schemes in the last answer, in the peer's order. */
  get offered(): readonly string[] {
    return [...new Set(this.#offered.map(({ scheme }) => scheme))];
  }

  /** Why each scheme that was offered did not lead to success. */
  get failures(): readonly SchemeFailure[] {
    return [...this.#failures].map(([scheme, reason]) => ({ scheme, reason }));
  }

  /** What the first scheme threw that failed by throwing. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Whether a scheme could sign in if only there were the right credentials, or somebody's have been refused. */
  get usable(): boolean {
    return this.#usable || this.#refused.size > 0;
  }

  /** Takes the challenges of another answer. */
  offer(challenges: readonly Challenge[]): void {
    this.#offered = challenges;
  }

  /**
   * The best scheme that is left, and its next identity; undefined when there is none.
   *
   * @throws what a scheme throws that fails the request.
   */
  next(connection: AuthConnection): Candidate | undefined {
    this.#usable = false;
    for (const scheme of this.#scope.state.schemes) {
      const own = this.#offered.filter((challenge) => challenge.scheme === scheme.name);
      if (own.length === 0 || this.#disabled.has(scheme.name)) continue;
      const candidate = this.#candidate(scheme, own, connection);
      if (candidate !== undefined) return candidate;
    }
    return undefined;
  }

  /** The peer, or the scheme itself, did not take the candidate's identity. */
  refuse(candidate: Candidate, reason: string): void {
    const { scheme, realm, identity, source } = candidate;
    this.#scope.state.cache.remove(this.#scope.space(scheme.name, realm), identity);
    if (source === 'url') this.#urlIdentityUsed = true;
    if (identity !== undefined) {
      // What was sent unasked may have failed for its age alone, such as that of a nonce, and may be tried once more.
      if (source !== 'path' || scheme.connectionBound) this.#refused.add(this.#refusal(scheme, realm, identity));
      if (identity !== 'ambient') this.#lastRefused.set(realm, identity);
    }
    if (takesExplicitIdentity(scheme)) this.#failures.set(scheme.name, reason);
    else this.disable(scheme, reason);
  }

  /**
   * Takes what a scheme threw: the candidate's identity or its scheme is used no more.
   *
   * @throws NetError where the error fails the request.
   */
  failed(candidate: Candidate, error: unknown): void {
    const { scheme } = candidate;
    const effect = effectOf(error, scheme);
    if (effect === 'fail') throw asFailure(error, scheme, this.#scope.request.url);
    this.#cause ??= error;
    if (effect === 'drop-identity') this.refuse(candidate, reasonOf(error));
    else this.disable(scheme, reasonOf(error));
  }

  /** The peer asks for another realm than the one that the candidate is for. */
  leaveRealm({ scheme, realm, identity, source }: Candidate): void {
    if (source === 'url') this.#urlIdentityUsed = true;
    // An identity that was found by its path may be right for its own realm.
    if (source !== 'path') this.#scope.state.cache.remove(this.#scope.space(scheme.name, realm), identity);
    this.#failures.set(scheme.name, 'the realm changed');
  }

  /** Uses a scheme no more in this transaction. */
  disable(scheme: AuthScheme, reason: string): void {
    this.#disabled.add(scheme.name);
    this.#failures.set(scheme.name, reason);
  }

  /** Notes why a scheme does not lead on, unless something worse is known of it: a refusal tells more. */
  note(scheme: AuthScheme, reason: string): void {
    if (!this.#failures.has(scheme.name)) this.#failures.set(scheme.name, reason);
  }

  /** Whether an identity has been refused to the scheme in this realm. */
  isRefused(scheme: AuthScheme, realm: string, identity: SignInIdentity): boolean {
    return this.#refused.has(this.#refusal(scheme, realm, identity));
  }

  /** What the provider answered. If the scheme that asked cannot be used after all, the next one need not ask again. */
  answered(realm: string, identity: SignInIdentity, proved: () => void): void {
    this.#answer = identity === 'ambient' ? undefined : { realm, identity, proved };
  }

  /** The identity that was refused last in a realm. */
  lastRefused(realm: string): Identity | undefined {
    return this.#lastRefused.get(realm);
  }

  /** Counts the questions about a realm, from 1. */
  countQuestion(realm: string): number {
    const attempt = (this.#asked.get(realm) ?? 0) + 1;
    this.#asked.set(realm, attempt);
    return attempt;
  }

  #candidate(scheme: AuthScheme, own: readonly Challenge[], connection: AuthConnection): Candidate | undefined {
    const selected = this.#select(scheme, own, connection);
    if (selected === undefined) return undefined;
    this.#usable = true;
    const realm = realmOf(selected);
    const others = own.filter((challenge) => challenge !== selected && realmOf(challenge) === realm);
    const found = this.#identity(scheme, realm);
    if (found === undefined) {
      const ambientOnly = !takesExplicitIdentity(scheme);
      this.note(scheme, ambientOnly ? 'the allowlist does not let the logged-in user in' : 'no credentials are known');
      return undefined;
    }
    return { scheme, realm, challenges: [selected, ...others], ...found };
  }

  #select(scheme: AuthScheme, own: readonly Challenge[], connection: AuthConnection): Challenge | undefined {
    let selected: Challenge | undefined;
    try {
      selected = scheme.connectionBound
        ? judgeRound(scheme.name, 'first', own).challenge
        : selectRequestChallenge(scheme, own, this.#scope.context('', undefined, connection));
    } catch (error) {
      if (effectOf(error, scheme) === 'fail') throw asFailure(error, scheme, this.#scope.request.url);
      this.disable(scheme, reasonOf(error));
      return undefined;
    }
    if (selected === undefined) this.note(scheme, 'the challenge cannot be answered');
    return selected;
  }

  /** The next identity in order: URL, cache, logged-in user, provider. */
  #identity(scheme: AuthScheme, realm: string): Pick<Candidate, 'identity' | 'source' | 'proved'> | undefined {
    const { state, endpoint, request, urlIdentity } = this.#scope;
    const explicit = takesExplicitIdentity(scheme);
    const ambient = takesAmbientIdentity(scheme);
    if (!explicit && !ambient) return { identity: undefined, source: 'scheme' };

    const isFresh = (identity: SignInIdentity) => !this.isRefused(scheme, realm, identity);
    if (explicit && urlIdentity && !this.#urlIdentityUsed && isFresh(urlIdentity)) {
      return { identity: urlIdentity, source: 'url' };
    }
    const cached = state.cache.find(this.#scope.space(scheme.name, realm))?.credentials;
    const known = cached?.identity;
    if (known !== undefined && (known === 'ambient' ? ambient : explicit) && isFresh(known)) {
      return { identity: known, source: 'cache', proved: cached?.proved };
    }
    if (ambient && isFresh('ambient') && state.allowlist.allows(endpoint.target, request.url)) {
      return { identity: 'ambient', source: 'ambient' };
    }
    const answer = explicit ? this.#answerFor(scheme, realm) : undefined;
    if (answer !== undefined) return { ...answer, source: 'provider' };
    return explicit && state.promptsOf(request.asks()) ? { identity: undefined, source: undefined } : undefined;
  }

  /**
   * An answer that was given to another scheme of connections and never refused, neither by a peer nor by a library that
   * knows the password. The other schemes ask for themselves: some of them send the password as it is.
   */
  #answerFor(scheme: AuthScheme, realm: string): Pick<Candidate, 'identity' | 'proved'> | undefined {
    const answer = scheme.connectionBound && this.#answer?.realm === realm ? this.#answer : undefined;
    if (answer === undefined || sameIdentity(answer.identity, this.#lastRefused.get(realm))) return undefined;
    return { identity: answer.identity, proved: answer.proved };
  }

  #refusal(scheme: AuthScheme, realm: string, identity: SignInIdentity): string {
    return `${scheme.name} ${this.#scope.state.identityKeys.of(identity)} ${realm}`;
  }
}

function selectRequestChallenge(
  scheme: RequestScheme,
  own: readonly Challenge[],
  context: Parameters<NonNullable<RequestScheme['select']>>[1],
): Challenge | undefined {
  if (scheme.select === undefined) return own[0];
  const selected = scheme.select(own, context);
  return selected !== undefined && own.includes(selected) ? selected : undefined;
}
