import {
  type AuthScheme,
  type AuthTarget,
  type Clock,
  type CredentialsProvider,
  type HostResolver,
  type RequestScheme,
  systemClock,
} from '@netloom/contracts';
import { AmbientAllowlist } from './allowlist.js';
import { AuthCache } from './cache.js';
import { Http1Origins } from './http1-origins.js';
import { IdentityKeys } from './identity.js';
import { Answering, type PromptContext, Prompts } from './prompts.js';

/** What a client's sign-in is made from. */
export interface AuthStateOptions {
  /** In order of preference, such as negotiate, ntlm, digest, basic. */
  readonly schemes: readonly AuthScheme[];
  /** Asks for credentials; without it only those of URLs and of the logged-in user are there. */
  readonly credentials?: CredentialsProvider | undefined;
  /** Default: a cache of 20 protection spaces. */
  readonly cache?: AuthCache | undefined;
  /** Servers that may be given the logged-in user's credentials unasked; see {@link AmbientAllowlist}. Default: none. */
  readonly allowlist?: string | ((url: string) => boolean) | undefined;
  readonly clock?: Clock | undefined;
  readonly hostResolver: HostResolver;
}

/** What sign-in keeps for a whole client. */
export class AuthState {
  readonly schemes: readonly AuthScheme[];
  /** Those that sign requests without having seen a challenge. */
  readonly unasked: readonly RequestScheme[];
  readonly prompts: Prompts | undefined;
  readonly cache: AuthCache;
  readonly allowlist: AmbientAllowlist;
  readonly clock: Clock;
  readonly hostResolver: HostResolver;
  readonly identityKeys = new IdentityKeys();
  readonly http1Origins = new Http1Origins();
  readonly #answering = new Answering();
  readonly #ownPrompts = new WeakMap<CredentialsProvider, Prompts>();

  /** @throws TypeError when an option is of a wrong type, or a scheme occurs twice. */
  constructor(options: AuthStateOptions) {
    const { schemes, credentials, allowlist } = options;
    checkSchemes(schemes);
    if (credentials !== undefined && typeof credentials !== 'function') {
      throw new TypeError(`The credentials provider must be a function, not ${typeof credentials}`);
    }
    this.schemes = [...schemes];
    this.unasked = schemes.filter(
      (scheme) => isRequestScheme(scheme) && scheme.preemptive !== undefined,
    ) as RequestScheme[];
    this.prompts = credentials && new Prompts(credentials, this.#answering);
    this.clock = options.clock ?? systemClock;
    this.cache = options.cache ?? new AuthCache({ clock: this.clock });
    this.allowlist = new AmbientAllowlist(allowlist);
    this.hostResolver = options.hostResolver;
  }

  /**
   * The questions that the running code helps to answer, because a credentials provider has called it. To be read
   * where a request comes in; callbacks of sockets run in the context of some other request.
   */
  get promptContext(): PromptContext {
    return this.#answering.context;
  }

  /** Who is asked on behalf of a request: its own provider where it has one, else the client's. */
  promptsOf(own: CredentialsProvider | undefined): Prompts | undefined {
    if (own === undefined) return this.prompts;
    let prompts = this.#ownPrompts.get(own);
    if (prompts === undefined) {
      prompts = new Prompts(own, this.#answering);
      this.#ownPrompts.set(own, prompts);
    }
    return prompts;
  }

  /** The scheme of a name. */
  schemeNamed(name: string): AuthScheme | undefined {
    return this.schemes.find((scheme) => scheme.name === name);
  }

  /** Whether there is nothing that could sign a request in at a server, or at a proxy, before it is asked to be. */
  isIdleAt(target: AuthTarget): boolean {
    return this.unasked.length === 0 && !this.cache.hasAny(target);
  }

  /** Forgets all credentials, or those learnt within a time (milliseconds since 1970). */
  clear(from?: number, to?: number): void {
    this.cache.clear(from, to);
    this.http1Origins.clear();
  }
}

function isRequestScheme(scheme: AuthScheme): scheme is RequestScheme {
  return !scheme.connectionBound;
}

function checkSchemes(schemes: unknown): void {
  if (!Array.isArray(schemes)) throw new TypeError('The sign-in schemes must be an array, such as [digest(), basic()]');
  const names = new Set<string>();
  for (const scheme of schemes as Partial<AuthScheme>[]) {
    const name = scheme?.name;
    if (typeof name !== 'string' || !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) {
      throw new TypeError(`A sign-in scheme must be an object with a name in lower case, not ${String(name)}`);
    }
    if (names.has(name)) throw new TypeError(`The sign-in scheme ${name} is listed twice`);
    names.add(name);
    const method = scheme.connectionBound === true ? 'start' : 'accept';
    if (typeof (scheme as Record<string, unknown>)[method] !== 'function') {
      throw new TypeError(`The sign-in scheme ${name} must have a method ${method}`);
    }
  }
}
