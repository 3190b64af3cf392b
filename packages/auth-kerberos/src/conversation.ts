import {
  type AuthContext,
  type Challenge,
  type Conversation,
  isNetError,
  isSchemeError,
  SchemeError,
} from '@netloom/contracts';
import { failureReason } from './errors.js';
import type { FailureReason } from './failure.js';
import { ProviderFailures } from './failures.js';
import type { Settings } from './options.js';
import type {
  ContextCredentials,
  ContextRequest,
  ContextStep,
  NegotiateProvider,
  SecurityContext,
} from './provider.js';
import { otherPrincipal, servicePrincipal } from './spn.js';

/** After these no other provider tries the same password: each try counts towards the lock of the account. */
const PASSWORD_AT_FAULT: readonly (FailureReason | undefined)[] = [
  'wrong-password',
  'password-expired',
  'account-locked',
];

/** What a conversation is about. */
export interface ConversationSettings extends Settings {
  readonly package: ContextRequest['package'];
  /** Called when no provider can use a password on this machine now. */
  readonly onPasswordUseless?: (() => void) | undefined;
}

/** One sign-in by `Negotiate`, or by the bare `NTLM` of the system: finds a provider, then passes tokens on. */
export class NegotiateConversation implements Conversation {
  readonly #settings: ConversationSettings;
  readonly #auth: AuthContext;
  readonly #providers: readonly NegotiateProvider[];
  #context: SecurityContext | undefined;
  #last: ContextStep | undefined;
  #signal: AbortSignal = AbortSignal.abort();
  #disposed = false;

  constructor(settings: ConversationSettings, providers: readonly NegotiateProvider[], auth: AuthContext) {
    this.#settings = settings;
    this.#providers = providers;
    this.#auth = auth;
  }

  get unfinished(): boolean {
    const isNtlm = this.#settings.package === 'ntlm';
    return this.#last?.unfinished ?? (isNtlm && this.#last?.complete === false);
  }

  async step(challenge: Challenge, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    this.#signal = signal;
    const token = tokenOf(challenge);
    if (this.#context === undefined) return this.#begin(token, signal);
    if (this.#last?.complete) throw refused('the peer refused the sign-in');
    return this.#take(await this.#advance(this.#context, token, signal));
  }

  async finish({ token }: { readonly token?: Uint8Array | undefined }): Promise<'ok' | 'mutual-auth-failed'> {
    const { mutual, requireMutual } = this.#settings;
    if (this.#context === undefined || this.#last === undefined) return 'ok';
    const isVerified = mutual && token !== undefined && !this.#last.complete;
    if (isVerified) {
      this.#last = await this.#advance(this.#context, token, this.#signal).catch((error) => {
        throw isSchemeError(error) ? unproved(error) : error;
      });
    }
    const { complete, mutual: proved } = this.#last;
    if (isVerified && !complete) return 'mutual-auth-failed';
    return requireMutual.includes(this.#auth.target) && !(complete && proved) ? 'mutual-auth-failed' : 'ok';
  }

  dispose(): void {
    this.#disposed = true;
    this.#context?.dispose();
  }

  async #begin(greeting: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array> {
    const credentials = this.#credentials();
    const request: ContextRequest = {
      spn: await servicePrincipal(this.#settings.spn, this.#auth, signal),
      credentials,
      package: this.#settings.package,
      mutual: this.#settings.mutual,
      delegation: this.#delegation(),
      channelBinding: this.#settings.channelBinding === 'never' ? undefined : this.#auth.channelBinding,
    };
    const failures = new ProviderFailures();
    for (const provider of this.#providers) {
      const usable = await this.#usable(provider, request, failures);
      signal.throwIfAborted();
      if (usable === undefined) continue;
      const token = await this.#tryNames(provider, usable, greeting, failures, signal);
      if (token !== undefined) return token;
    }
    if (credentials.kind === 'password' && failures.hopeless) this.#settings.onPasswordUseless?.();
    const explicitMayDo = this.#settings.explicit && this.#settings.ntlm !== undefined;
    throw failures.error(credentials.kind !== 'password' && explicitMayDo);
  }

  /** The request as the provider can serve it, or undefined when it cannot. */
  async #usable(
    provider: NegotiateProvider,
    request: ContextRequest,
    failures: ProviderFailures,
  ): Promise<ContextRequest | undefined> {
    if (this.#hasHashOnly && provider.name !== 'managed') {
      failures.leftOut(provider.name, 'it needs the password itself, not a hash of it');
      return undefined;
    }
    const unbound = { ...request, channelBinding: undefined };
    const served = [request, ...(this.#settings.channelBinding === 'prefer' ? [unbound] : [])].find((candidate) =>
      provider.supports(candidate),
    );
    if (served === undefined) {
      failures.leftOut(provider.name, `it cannot use ${CREDENTIALS[request.credentials.kind]} here`);
      return undefined;
    }
    const why = await provider.unavailable();
    if (why !== undefined) failures.leftOut(provider.name, why);
    return why === undefined ? served : undefined;
  }

  async #tryNames(
    provider: NegotiateProvider,
    request: ContextRequest,
    greeting: Uint8Array | undefined,
    failures: ProviderFailures,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    let error = await this.#try(provider, request, greeting, signal);
    if (isSchemeError(error) && failureReason(error) === 'unknown-service') {
      const spn = await otherPrincipal(this.#settings.spn, this.#auth, signal);
      if (spn !== undefined) error = await this.#try(provider, { ...request, spn }, greeting, signal);
    }
    if (!isSchemeError(error)) return error;
    if (error.effect === 'fail') throw error;
    failures.failed(provider.name, error);
    if (request.credentials.kind === 'password' && PASSWORD_AT_FAULT.includes(failureReason(error))) {
      throw failures.error(false);
    }
    return undefined;
  }

  /** The first token, or why there is none. */
  async #try(
    provider: NegotiateProvider,
    request: ContextRequest,
    greeting: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array | SchemeError> {
    let context: SecurityContext | undefined;
    try {
      context = provider.initialise(request);
      const token = this.#take(await this.#advance(context, greeting, signal));
      this.#context = context;
      return token;
    } catch (error) {
      context?.dispose();
      signal.throwIfAborted();
      return asSchemeError(error);
    }
  }

  async #advance(context: SecurityContext, token: Uint8Array | undefined, signal: AbortSignal): Promise<ContextStep> {
    let step: ContextStep;
    try {
      step = await context.step(token, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw asSchemeError(error);
    }
    if (this.#disposed) {
      context.dispose();
      throw refused('the sign-in has been given up');
    }
    return step;
  }

  #take(step: ContextStep): Uint8Array {
    this.#last = step;
    if (step.token !== undefined && step.token.length > 0) return step.token;
    throw refused(
      step.complete ? 'the peer refused the sign-in' : 'the peer asks for a token, and there is none to send',
    );
  }

  #credentials(): ContextCredentials {
    const { identity } = this.#auth;
    if (identity === undefined) {
      throw new SchemeError('ERR_MISSING_AUTH_CREDENTIALS', {
        effect: 'disable-scheme',
        detail: 'nobody is known who could sign in',
      });
    }
    if (identity === 'ambient') return this.#settings.credentials ?? { kind: 'ambient' };
    const { username, password, domain } = identity;
    return { kind: 'password', username, password, domain };
  }

  /** Only NTLM can do with the hash of a password. */
  get #hasHashOnly(): boolean {
    const { identity } = this.#auth;
    return typeof identity === 'object' && identity.ntHash !== undefined && identity.password === '';
  }

  #delegation(): ContextRequest['delegation'] {
    const { target, protocol, host, port } = this.#auth;
    if (target === 'proxy' || this.#settings.delegationRules === undefined) return 'never';
    const url = new URL(`${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}/`);
    return this.#settings.delegationRules.matches(url) ? this.#settings.delegateBy : 'never';
  }
}

const CREDENTIALS: Readonly<Record<ContextCredentials['kind'], string>> = {
  ambient: 'the credentials of the logged-in user',
  password: 'a user name and a password',
  keytab: 'a keytab',
  ccache: 'a named credential cache',
};

function tokenOf({ token68, malformed, params }: Challenge): Uint8Array | undefined {
  // `token=…` is how some helpers of Squid spell it.
  const text = token68 ?? params.find(([name]) => name === 'token')?.[1];
  if (text === undefined && !malformed) return undefined;
  if (text === undefined || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new SchemeError('ERR_INVALID_RESPONSE', {
      effect: 'disable-scheme',
      detail: 'the token of the peer is not base64',
    });
  }
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function refused(detail: string): SchemeError {
  return new SchemeError('ERR_INVALID_AUTH_CREDENTIALS', { effect: 'drop-identity', detail });
}

function unproved(error: SchemeError): SchemeError {
  const detail = `the peer did not prove itself: ${error.detail ?? error.code}`;
  return new SchemeError('ERR_INVALID_RESPONSE', { effect: 'fail', detail, cause: error.cause ?? error });
}

function asSchemeError(error: unknown): SchemeError {
  if (isSchemeError(error)) return error;
  const known = isNetError(error);
  const reason = known ? (error.detail ?? error.code) : error instanceof Error ? error.message : String(error);
  return new SchemeError(known ? error.code : 'ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS', {
    effect: 'disable-scheme',
    detail: reason,
    cause: error,
  });
}
