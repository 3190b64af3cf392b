import type { AuthError, Challenge } from '@netloom/contracts';
import { channels } from '../diagnostics.js';
import type { Caller } from './abort.js';
import { askForIdentity } from './ask.js';
import { type Attempt, verdictOf } from './attempt.js';
import { beginAttempt } from './begin.js';
import type { ProtectionSpace } from './cache.js';
import { parseChallenges } from './challenge-parser.js';
import type { AuthConnection } from './connection.js';
import { type AuthEndpoint, AuthScope, type ResponseHeaders, type SignableRequest } from './endpoint.js';
import { attemptInSpace, knownSpace, signsUnasked, unaskedAttempt } from './known.js';
import { noteAnnounced, noteLapse, noteSignedIn } from './persistence.js';
import type { PromptContext } from './prompts.js';
import { signInRefused, tooManyRounds } from './refused.js';
import type { ChallengeReply, NextStep } from './reply.js';
import { type Candidate, Selection } from './selection.js';
import type { AuthState } from './state.js';

/** Rounds of sign-in that one request may take at one endpoint. */
const MAX_ROUNDS = 32;
/** How often a request begins its sign-in anew because its connection went away. */
const MAX_RESTARTS = 3;

/**
 * Signs the requests of one transaction in at one endpoint: the server, or the proxy. It decides what to send and what
 * to make of the answers; sending is the business of its owner.
 */
export class AuthController {
  readonly #scope: AuthScope;
  readonly #promptContext: PromptContext;
  #selection: Selection | undefined;
  #attempt: Attempt | undefined;
  /** What a request without a header relies on: that its connection is signed in. */
  #reliesOn: ProtectionSpace | undefined;
  /** Ends what runs between rounds, such as a question, when the transaction is over. */
  #life: AbortController | undefined;
  #begun = false;
  #rounds = 0;
  #restarts = 0;
  /** The request goes on the held connection without a header, only to be asked again; any other would do. */
  #unbound = false;
  /** The body of this request has been refused on a connection that was left for it. */
  #bodyRefused = false;

  /** @param promptContext - {@link AuthState.promptContext} as it was when the request came in. */
  constructor(
    state: AuthState,
    endpoint: AuthEndpoint,
    request: SignableRequest,
    promptContext: PromptContext = state.promptContext,
  ) {
    this.#scope = new AuthScope(state, endpoint, request);
    this.#promptContext = promptContext;
  }

  /**
   * Name of the identity that a signed-in connection must carry to serve this transaction; undefined: only connections
   * that nobody is signed in on. Connection-bound schemes alone sign connections in.
   */
  identityKey(): string | undefined {
    const candidate = this.#attempt?.candidate;
    const known = candidate === undefined ? knownSpace(this.#scope) : undefined;
    const scheme = candidate?.scheme ?? known?.scheme;
    if (!scheme?.connectionBound) return undefined;
    return this.#scope.identityName(scheme.name, candidate ? candidate.identity : known?.space.credentials.identity);
  }

  /** Name of the scheme that signs this transaction in, in lower case; undefined: none. */
  get scheme(): string | undefined {
    return this.#attempt?.candidate.scheme.name ?? this.#reliesOn?.scheme;
  }

  /**
   * The header value to send now on this connection, undefined for none. The value stays the same until an answer
   * comes or the connection is lost.
   *
   * @throws NetError, as a rejection, when a scheme fails the request; the reason of the caller's signal when it fires.
   */
  header(connection: AuthConnection, caller: Caller): string | undefined | Promise<string | undefined> {
    try {
      if (!this.#begun) this.#preempt(connection);
    } catch (error) {
      return Promise.reject(error);
    }
    const attempt = this.#attempt;
    if (attempt === undefined) return undefined;
    try {
      const value = attempt.header(connection, caller);
      if (!(value instanceof Promise)) return this.#sending(attempt, value);
      return value.then(
        (token) => this.#sending(attempt, token),
        (error) => this.#dropped(attempt, error, caller.signal),
      );
    } catch (error) {
      return this.#dropped(attempt, error, caller.signal);
    }
  }

  /**
   * Takes a 401 of the server, or a 407 of the proxy. Undefined: it cannot be answered and goes to the caller.
   *
   * @param status - 401 or 407.
   * @param unread - whether the peer may have left the request's body unread, see {@link mayStayUnread}.
   */
  challenged(
    status: number,
    headers: ResponseHeaders,
    connection: AuthConnection,
    signal: AbortSignal,
    unread = false,
  ): ChallengeReply | undefined {
    noteLapse(this.#scope, connection, this.#reliesOn, this.#attempt);
    this.#reliesOn = undefined;
    if (this.#scope.withheld) return undefined;
    this.#begun = true;
    this.#unbound = false;
    this.#rounds += 1;
    const offered = parseChallenges(headers[this.#scope.challengeField]);
    const selection = this.#require();
    let hold = false;
    let leave = unread;
    let next: Promise<NextStep>;
    try {
      // What has only begun begins again, without the body in its first round.
      if (unread && this.#attempt?.unfinished(connection)) this.#attempt.lost(connection);
      const current = this.#judge(status, offered, connection);
      // What has got further goes on where it is, come what may.
      if (this.#attempt?.isBoundTo(connection)) leave = false;
      if (leave) this.#bodyRefused = true;
      this.#publish(channels.challenge, selection.offered);
      const candidate = current ?? selection.next(connection);
      if (candidate === undefined) return undefined;
      if (this.#rounds > MAX_ROUNDS) throw tooManyRounds(this.#scope.endpoint, MAX_ROUNDS, this.#scope.request.url);
      const { scheme, source } = candidate;
      hold =
        !leave && scheme.connectionBound && source !== undefined && !(scheme.requiresHttp1 && connection.multiplexed);
      const closes = /\bclose\b/i.test(String(headers.connection));
      next = this.#goOn(candidate, connection, { hold, closes }, signal);
    } catch (error) {
      next = Promise.reject(error);
    }
    // The owner looks at it when it has read the response's body; until then a failure is not unhandled.
    next.catch(() => undefined);
    return { hold, leave, next };
  }

  /**
   * Whether the request goes without its body this time: it was refused before, and the header that goes with it cannot
   * complete the sign-in. The answer is then a challenge.
   */
  withholdsBody(connection: AuthConnection): boolean {
    return this.#bodyRefused && this.#attempt?.unfinished(connection) === true;
  }

  /** The body is to go with every round from now on: the peer has taken a request without it for a whole one. */
  sendBody(): void {
    this.#bodyRefused = false;
  }

  /**
   * Takes any other answer of the endpoint. For a proxy every status but 407 is one, also a 401 of the server.
   * Rejects when a peer that was to prove itself did not; otherwise undefined where there is nothing to wait for.
   */
  finished(status: number, headers: ResponseHeaders, connection: AuthConnection): undefined | Promise<void> {
    const attempt = this.#attempt;
    noteSignedIn(this.#reliesOn);
    if (attempt === undefined) return undefined;
    const outcome = attempt.finished(status, headers, connection);
    if (outcome === undefined) this.#succeeded(attempt, status);
    return outcome?.then(() => {
      noteAnnounced(this.#scope, attempt.candidate, headers['persistent-auth']);
      this.#succeeded(attempt, status);
    });
  }

  /**
   * The connection went away between rounds, or before the answer to a header came. True: the request is to be sent
   * again on a new one, where sign-in begins anew with the same identity; at most three times.
   */
  lost(connection: AuthConnection): boolean {
    if (!this.#attempt?.lost(connection) && !(this.#unbound && this.#attempt === undefined)) return false;
    this.#restarts += 1;
    return this.#restarts <= MAX_RESTARTS;
  }

  /** What a final 407 is to the caller of a request: which schemes were offered, tried, and why each failed. */
  error(url: string = this.#scope.request.url): AuthError {
    return signInRefused(this.#scope.endpoint, this.#selection, url);
  }

  /** Ends what is going on. To be called when the transaction is over, however it ended. */
  dispose(): void {
    this.#life?.abort();
    this.#attempt?.dispose();
  }

  #require(): Selection {
    this.#selection ??= new Selection(this.#scope);
    return this.#selection;
  }

  /** Prepares the first request with what is known before its endpoint has asked for anything. */
  #preempt(connection: AuthConnection): void {
    this.#begun = true;
    const scope = this.#scope;
    if (scope.state.isIdleAt(scope.endpoint.target)) return;
    const known = knownSpace(scope);
    if (known === undefined) this.#attempt = unaskedAttempt(scope, connection);
    else if (signsUnasked(scope, known, connection)) this.#attempt = attemptInSpace(scope, known);
    else if (scope.signedInAs(connection) !== undefined) this.#reliesOn = known.space;
  }

  /** Judges the answer to what was sent; returns the candidate if it goes on. */
  #judge(status: number, offered: readonly Challenge[], connection: AuthConnection): Candidate | undefined {
    const attempt = this.#attempt;
    const selection = this.#require();
    const verdict = attempt && verdictOf(attempt, offered, connection, this.#scope.request.url);
    // A conversation goes on without the other schemes being offered again. Should it fail, they are still there.
    if (verdict !== 'continue') selection.offer(offered);
    if (attempt === undefined) return undefined;
    const { candidate } = attempt;
    if (verdict === 'continue' || verdict === 'stale' || verdict === 'unsent') return candidate;
    if (verdict === 'other-realm') selection.leaveRealm(candidate);
    else selection.refuse(candidate, `the ${this.#scope.endpoint.target} refused the identity (${status})`);
    this.#end(attempt);
    return undefined;
  }

  /** Prepares the next request: finds who signs in, and makes the header where that can be done beforehand. */
  async #goOn(
    first: Candidate,
    connection: AuthConnection,
    { hold, closes }: { readonly hold: boolean; readonly closes: boolean },
    caller: AbortSignal,
  ): Promise<NextStep> {
    const selection = this.#require();
    this.#life ??= new AbortController();
    const signal = AbortSignal.any([caller, this.#life.signal]);
    let candidate: Candidate | undefined = first;
    while (candidate !== undefined) {
      if (this.#attempt === undefined) {
        // No connection is held while a person thinks: the question is put when it asks again.
        if (hold && candidate.source === undefined) {
          this.#unbound = true;
          return 'retry';
        }
        const identified: Candidate | 'next' | undefined =
          candidate.source === undefined
            ? await askForIdentity(this.#scope, selection, candidate, this.#promptContext, signal)
            : candidate;
        if (identified === undefined) return 'deliver';
        this.#attempt =
          identified === 'next' ? undefined : beginAttempt(this.#scope, selection, identified, connection, closes);
      }
      const attempt = this.#attempt;
      if (attempt !== undefined) {
        const { scheme } = attempt.candidate;
        if (scheme.connectionBound && scheme.requiresHttp1 && connection.multiplexed) return 'retry-http1';
        // The conversation begins on whatever connection the request goes on.
        if (scheme.connectionBound && !hold) return 'retry';
        try {
          await attempt.header(connection, { signal });
          return 'retry';
        } catch (error) {
          this.#fail(attempt, error, signal);
        }
      }
      candidate = selection.next(connection);
    }
    return 'deliver';
  }

  /** An attempt's header could not be made; the request goes without one. */
  async #dropped(attempt: Attempt, error: unknown, signal: AbortSignal): Promise<undefined> {
    this.#fail(attempt, error, signal);
  }

  /** Ends an attempt that threw. @throws what the caller of the request is to see, where the scheme fails it. */
  #fail(attempt: Attempt, error: unknown, signal: AbortSignal): void {
    this.#end(attempt);
    signal.throwIfAborted();
    this.#require().failed(attempt.candidate, error);
  }

  #end(attempt: Attempt): void {
    attempt.dispose();
    if (this.#attempt === attempt) this.#attempt = undefined;
  }

  #sending(attempt: Attempt, value: string | undefined): string | undefined {
    if (value !== undefined) this.#publish(channels.tokenSent, [attempt.candidate.scheme.name]);
    return value;
  }

  #succeeded({ candidate }: Attempt, status: number): void {
    // A server that is out of order may not have looked at the credentials.
    if (status < 500) candidate.proved?.();
  }

  #publish(channel: typeof channels.challenge, schemes: readonly string[]): void {
    if (!channel.hasSubscribers) return;
    const { target, host, port } = this.#scope.endpoint;
    channel.publish({ target, host, port, schemes, round: this.#rounds });
  }
}
