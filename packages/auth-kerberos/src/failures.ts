import { SchemeError, type SchemeFailure } from '@netloom/contracts';
import { failureReason } from './errors.js';
import type { FailureReason } from './failure.js';

/** A machine on which the library is there, and Kerberos is not set up. */
const NO_KERBEROS_HERE: readonly (FailureReason | undefined)[] = ['realm-unknown', 'kdc-unreachable'];

/** Why each provider could not make the first token. */
export class ProviderFailures {
  readonly #reasons: SchemeFailure[] = [];
  #first: SchemeError | undefined;
  #identityAtFault = false;
  #nothingHere = true;

  /** Whether nothing here can use such credentials, whoever they belong to and wherever they are for. */
  get hopeless(): boolean {
    return this.#nothingHere;
  }

  /** A provider that was not tried. */
  leftOut(provider: string, reason: string): void {
    this.#reasons.push({ scheme: provider, reason });
  }

  /** A provider that was tried. */
  failed(provider: string, error: SchemeError): void {
    this.leftOut(provider, error.detail ?? error.code);
    this.#first ??= error;
    if (error.effect === 'drop-identity') this.#identityAtFault = true;
    if (!NO_KERBEROS_HERE.includes(failureReason(error))) this.#nothingHere = false;
  }

  /**
   * One error for all of them.
   *
   * @param othersMayDo - whether another identity may succeed even if this one is not at fault.
   */
  error(othersMayDo: boolean): SchemeError {
    const effect = this.#identityAtFault || othersMayDo ? 'drop-identity' : 'disable-scheme';
    const detail = this.#reasons.map(({ scheme, reason }) => `${scheme}: ${reason}`).join('; ');
    return new SchemeError(this.#first?.code ?? 'ERR_UNSUPPORTED_AUTH_SCHEME', {
      effect,
      detail: detail === '' ? 'no provider is left' : detail,
      cause: this.#first?.cause,
    });
  }
}
