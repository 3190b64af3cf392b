import type { AuthNeeds, Authorizer, Challenge, RequestScheme } from '@netloom/contracts';
import { SchemeError } from '@netloom/contracts';
import { type Caller, NEVER, orAbort } from './abort.js';
import type { Attempt, AttemptVerdict } from './attempt.js';
import { parseAuthParams } from './challenge-parser.js';
import type { AuthConnection } from './connection.js';
import type { AuthScope, ResponseHeaders } from './endpoint.js';
import { RequestView } from './request-view.js';
import { asFailure, brokenContract } from './scheme-errors.js';
import type { Candidate } from './selection.js';

/** Signs a transaction's requests by a request scheme. */
export class RequestAttempt implements Attempt {
  readonly candidate: Candidate;
  readonly #scope: AuthScope;
  readonly #authorizer: Authorizer;
  #sent: { readonly value: string; readonly connection: AuthConnection } | undefined;

  constructor(scope: AuthScope, candidate: Candidate, authorizer: Authorizer) {
    this.#scope = scope;
    this.candidate = candidate;
    this.#authorizer = authorizer;
  }

  header(connection: AuthConnection, caller: Caller): string | Promise<string> {
    const { value } = this.#sent ?? {};
    if (value !== undefined) return this.#send(value, connection);
    const needs = this.#authorizer.needs ?? (this.candidate.scheme as RequestScheme).needs;
    const made = this.#make(needs, needs?.signal === false ? NEVER : caller.signal);
    return typeof made === 'string'
      ? this.#send(made, connection)
      : orAbort(Promise.resolve(made), caller.signal).then((text) => this.#send(text, connection));
  }

  unfinished(): false {
    return false;
  }

  isBoundTo(): false {
    return false;
  }

  judge(offered: readonly Challenge[]): AttemptVerdict {
    if (this.#sent === undefined) return 'unsent';
    this.#sent = undefined;
    const own = offered.filter(({ scheme }) => scheme === this.candidate.scheme.name);
    return own.length === 0 ? 'invalid' : this.#authorizer.challenged(own);
  }

  finished(status: number, headers: ResponseHeaders): undefined | Promise<never> {
    const authorization = this.#sent?.value;
    this.#sent = undefined;
    if (authorization === undefined || this.#authorizer.succeeded === undefined) return undefined;
    const field = this.#scope.endpoint.target === 'proxy' ? 'proxy-authentication-info' : 'authentication-info';
    try {
      this.#authorizer.succeeded({ status, params: parseAuthParams(headers[field]), authorization });
      return undefined;
    } catch (error) {
      return Promise.reject(asFailure(error, this.candidate.scheme, this.#scope.request.url));
    }
  }

  /**
   * Only a CONNECT is known to have done nothing before its answer; whether another request may be sent again is for
   * the pool to say.
   */
  lost(connection: AuthConnection): boolean {
    const lost = this.#sent?.connection === connection && this.#scope.request.method === 'CONNECT';
    if (lost) this.#sent = undefined;
    return lost;
  }

  dispose(): void {
    this.#sent = undefined;
  }

  #make(needs: AuthNeeds | undefined, signal: AbortSignal): string | Promise<string> {
    const { bodyHash } = needs ?? {};
    return bodyHash === undefined ? this.#authorize(undefined, signal) : this.#hashAndAuthorize(bodyHash, signal);
  }

  async #hashAndAuthorize(algorithm: NonNullable<AuthNeeds['bodyHash']>, signal: AbortSignal): Promise<string> {
    const { request } = this.#scope;
    if (request.bodyHash === undefined) {
      throw new SchemeError('ERR_UNSUPPORTED_AUTH_SCHEME', {
        effect: 'disable-scheme',
        detail: 'it needs a hash of the body, which cannot be read twice',
      });
    }
    return this.#authorize(await request.bodyHash(algorithm), signal);
  }

  #authorize(bodyHash: string | undefined, signal: AbortSignal): string | Promise<string> {
    return this.#authorizer.authorize(new RequestView(this.#scope.request, bodyHash), signal);
  }

  #send(value: string, connection: AuthConnection): string {
    // Latin-1 without control characters: what a header field can carry (RFC 9110 section 5.5).
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) {
      throw brokenContract(this.candidate.scheme, 'returned no text that can be a header value');
    }
    this.#sent = { value, connection };
    return value;
  }
}
