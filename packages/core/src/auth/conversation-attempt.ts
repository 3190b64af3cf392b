import type { Challenge, ConnectionScheme, Conversation } from '@netloom/contracts';
import { AuthError } from '@netloom/contracts';
import { type Caller, orAbort } from './abort.js';
import type { Attempt, AttemptVerdict } from './attempt.js';
import { parseChallenges } from './challenge-parser.js';
import type { AuthConnection } from './connection.js';
import type { AuthScope, ResponseHeaders } from './endpoint.js';
import { judgeRound } from './round.js';
import { asFailure, brokenContract } from './scheme-errors.js';
import type { Candidate } from './selection.js';

/** The conversation that runs, and the connection that it is bound to. */
interface Running {
  readonly conversation: Conversation;
  readonly connection: AuthConnection;
  /** The challenge that the next token answers; undefined while the peer has the word. */
  due: Challenge | undefined;
  value: string | undefined;
  signal: AbortSignal;
}

/** Signs a connection in by a connection-bound scheme. */
export class ConversationAttempt implements Attempt {
  readonly candidate: Candidate;
  readonly #scope: AuthScope;
  readonly #scheme: ConnectionScheme;
  #running: Running | undefined;

  constructor(scope: AuthScope, candidate: Candidate, scheme: ConnectionScheme) {
    this.#scope = scope;
    this.candidate = candidate;
    this.#scheme = scheme;
  }

  header(connection: AuthConnection, caller: Caller): string | undefined | Promise<string> {
    let running = this.#running;
    if (running?.connection !== connection) {
      this.dispose();
      if (this.#isSignedIn(connection)) return undefined;
      running = this.#start(connection, caller.signal);
    }
    return running.value ?? this.#step(running, caller.signal);
  }

  unfinished(connection: AuthConnection): boolean {
    const running = this.#running;
    return (
      running?.connection === connection && running.value !== undefined && running.conversation.unfinished === true
    );
  }

  isBoundTo(connection: AuthConnection): boolean {
    return this.#running?.connection === connection;
  }

  judge(offered: readonly Challenge[], connection: AuthConnection): AttemptVerdict {
    const running = this.#running;
    if (running?.connection !== connection || running.value === undefined) return 'unsent';
    running.value = undefined;
    const { verdict, challenge } = judgeRound(this.#scheme.name, 'later', offered);
    if (verdict !== 'accept') return verdict === 'reject' ? 'rejected' : 'invalid';
    running.due = challenge;
    return 'continue';
  }

  finished(status: number, headers: ResponseHeaders, connection: AuthConnection): undefined | Promise<void> {
    const running = this.#running;
    if (running?.connection !== connection || running.value === undefined) return undefined;
    // At once, and whatever the conversation makes of it: the peer knows from now on whose requests these are, and the
    // next one may be sent before the last token has been looked at.
    if (!connection.multiplexed) this.#scope.mark(connection, this.#identityName);
    return this.#conclude(running, status, headers)
      .catch((error: unknown) => {
        running.signal.throwIfAborted();
        throw asFailure(error, this.#scheme, this.#scope.request.url);
      })
      .finally(() => this.dispose());
  }

  lost(connection: AuthConnection): boolean {
    if (this.#running?.connection !== connection) return false;
    this.dispose();
    return true;
  }

  dispose(): void {
    const conversation = this.#running?.conversation;
    this.#running = undefined;
    try {
      conversation?.dispose();
    } catch (error) {
      // The sign-in is over either way; what a scheme cannot free must not change its outcome.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #start(connection: AuthConnection, signal: AbortSignal): Running {
    const { identity, realm, challenges } = this.candidate;
    const conversation = this.#scheme.start(this.#scope.context(realm, identity, connection));
    if (typeof conversation?.step !== 'function') throw brokenContract(this.#scheme, 'started no conversation');
    this.#running = { conversation, connection, due: challenges[0], value: undefined, signal };
    return this.#running;
  }

  async #step(running: Running, signal: AbortSignal): Promise<string> {
    const { conversation, due } = running;
    if (due === undefined) throw brokenContract(this.#scheme, 'was asked for a token out of turn');
    running.signal = signal;
    running.due = undefined;
    const token: unknown = await orAbort(Promise.resolve(conversation.step(due, signal)), signal);
    if (!(token instanceof Uint8Array)) throw brokenContract(this.#scheme, 'made a token that is no Uint8Array');
    // The scheme's name goes back as the peer spells it: some compare it as text.
    const name = this.candidate.challenges[0].text.slice(0, this.#scheme.name.length);
    const base64 = Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString('base64');
    running.value = base64 === '' ? name : `${name} ${base64}`;
    return running.value;
  }

  async #conclude(running: Running, status: number, headers: ResponseHeaders): Promise<void> {
    const { conversation, signal } = running;
    const { challengeField, endpoint } = this.#scope;
    const last = parseChallenges(headers[challengeField]).find(({ scheme }) => scheme === this.#scheme.name)?.token68;
    const token = last === undefined ? undefined : new Uint8Array(Buffer.from(last, 'base64'));
    const result = await orAbort(Promise.resolve(conversation.finish({ status, token })), signal);
    if (result !== 'ok') {
      throw new AuthError('ERR_INVALID_RESPONSE', {
        url: this.#scope.request.url,
        detail: `the ${endpoint.target} did not prove itself in the ${this.#scheme.name} sign-in`,
      });
    }
  }

  get #identityName(): string {
    return this.#scope.identityName(this.#scheme.name, this.candidate.identity);
  }

  /** Whether the peer knows who sends on this connection, and does not want to be told each time. */
  #isSignedIn(connection: AuthConnection): boolean {
    if (this.#scope.signedInAs(connection) !== this.#identityName) return false;
    const space = this.#scope.state.cache.find(this.#scope.space(this.#scheme.name, this.candidate.realm));
    return space?.persistence !== 'request';
  }
}
