import { randomBytes } from 'node:crypto';
import {
  type AuthContext,
  type Identity,
  isSchemeError,
  type NetErrorCode,
  SchemeError,
  type SchemeErrorEffect,
} from '@netloom/contracts';
import { NtlmMessageError } from './messages/error.js';
import { joinFlags, NegotiateFlag } from './messages/flags.js';
import { encodeNegotiate } from './messages/negotiate.js';
import { filetime } from './messages/time.js';
import type { Version } from './messages/version.js';
import type { Settings } from './options.js';
import { NAME_LIMITS, overLimit, splitUsername } from './security/account.js';
import { type Answer, answerChallenge } from './security/answer.js';
import { ntHash } from './security/response.js';

/** What is offered where nothing is signed after sign-in. The same as Chromium offers. */
export const SIGN_IN_FLAGS = joinFlags(
  NegotiateFlag.UNICODE,
  NegotiateFlag.OEM,
  NegotiateFlag.REQUEST_TARGET,
  NegotiateFlag.NTLM,
  NegotiateFlag.ALWAYS_SIGN,
  NegotiateFlag.EXTENDED_SESSIONSECURITY,
);

/** What is offered for a session that signs, as SPNEGO does with its list of mechanisms. */
export const SIGNING_FLAGS = joinFlags(
  SIGN_IN_FLAGS,
  NegotiateFlag.SIGN,
  NegotiateFlag.KEY_EXCH,
  NegotiateFlag.KEY_128,
  NegotiateFlag.KEY_56,
);

/** A system number has to stand here; it is Windows 10 as every client of our time says. */
const VERSION: Version = { major: 10, minor: 0, build: 0, revision: 15 };
/** Real ones have some hundred bytes. What is much longer could not be answered: its attributes are sent back. */
const MAX_CHALLENGE = 32_768;

/** The client's part of one NTLM sign-in: offers, then answers. Holds the identity until it has answered. */
export class NtlmInitiator {
  readonly #settings: Settings;
  readonly #context: AuthContext;
  readonly #offered: number;
  #identity: Identity | undefined;
  #negotiate: Uint8Array | undefined;

  /**
   * @throws SchemeError when there is no identity that NTLM can use.
   */
  constructor(settings: Settings, context: AuthContext, flags: number) {
    this.#settings = settings;
    this.#context = context;
    this.#identity = usableIdentity(context);
    this.#offered = settings.versionField ? joinFlags(flags, NegotiateFlag.VERSION) : flags;
  }

  /** The Negotiate message. */
  negotiate(): Uint8Array {
    this.#negotiate = encodeNegotiate({ type: 'Negotiate', flags: this.#offered, version: this.#version });
    return this.#negotiate;
  }

  /**
   * The Authenticate message. To be asked for once; the identity is forgotten afterwards.
   *
   * @throws SchemeError when the challenge is malformed or no answer can be made.
   */
  answer(challenge: Uint8Array): Answer {
    const identity = this.#identity;
    if (identity === undefined || this.#negotiate === undefined) {
      throw failure('ERR_INVALID_RESPONSE', 'disable-scheme', 'the peer sent a Challenge message out of turn');
    }
    this.#identity = undefined;
    if (challenge.length > MAX_CHALLENGE) {
      const detail = `NTLM Challenge message: ${challenge.length} bytes, at most ${MAX_CHALLENGE} are taken`;
      throw failure('ERR_INVALID_RESPONSE', 'disable-scheme', detail);
    }
    try {
      return this.#answer(identity, this.#negotiate, challenge);
    } catch (error) {
      throw asSchemeError(error);
    }
  }

  /** Forgets the identity. */
  dispose(): void {
    this.#identity = undefined;
  }

  get #version(): Version | undefined {
    return this.#settings.versionField ? VERSION : undefined;
  }

  #answer(identity: Identity, negotiate: Uint8Array, challenge: Uint8Array): Answer {
    const hash = hashOf(identity);
    const randomSessionKey = randomBytes(16);
    try {
      return answerChallenge({
        negotiate,
        offered: this.#offered,
        challenge,
        account: splitUsername(identity.username, identity.domain),
        ntHash: hash,
        workstation: this.#settings.workstation,
        version: this.#version,
        binding: this.#settings.extendedProtection
          ? { spn: servicePrincipalName(this.#context), channelBinding: this.#context.channelBinding?.applicationData }
          : undefined,
        timestamp: filetime(this.#context.clock.now()),
        clientChallenge: randomBytes(8),
        randomSessionKey,
      });
    } finally {
      hash.fill(0);
      randomSessionKey.fill(0);
    }
  }
}

/** Name of the target's service: class and host, with the port where it is not the default of the protocol. */
export function servicePrincipalName({
  service,
  protocol,
  host,
  port,
}: Pick<AuthContext, 'service' | 'protocol' | 'host' | 'port'>): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${service}/${name}${port === (protocol === 'https:' ? 443 : 80) ? '' : `:${port}`}`;
}

/** An error for the sign-in framework. The detail must not hold a secret. */
export function failure(code: NetErrorCode, effect: SchemeErrorEffect, detail: string, cause?: unknown): SchemeError {
  return new SchemeError(code, { effect, detail, cause });
}

function usableIdentity({ identity }: AuthContext): Identity {
  if (identity === undefined) {
    throw failure('ERR_MISSING_AUTH_CREDENTIALS', 'disable-scheme', 'NTLM needs a user name and a password');
  }
  if (identity === 'ambient') {
    throw failure('ERR_UNSUPPORTED_AUTH_SCHEME', 'disable-scheme', 'NTLM cannot use the logged-in user here');
  }
  const field = overLimit(splitUsername(identity.username, identity.domain));
  if (field !== undefined) {
    const detail = `the ${field} has more than ${NAME_LIMITS[field]} UTF-16 units`;
    throw failure('ERR_MALFORMED_IDENTITY', 'drop-identity', detail);
  }
  if (identity.ntHash !== undefined && !/^[0-9a-f]{32}$/i.test(identity.ntHash)) {
    throw failure('ERR_MALFORMED_IDENTITY', 'drop-identity', 'ntHash has to be 32 hexadecimal digits');
  }
  return identity;
}

function hashOf({ password, ntHash: hash }: Identity): Uint8Array {
  return hash === undefined ? ntHash(password) : Buffer.from(hash, 'hex');
}

function asSchemeError(error: unknown): SchemeError {
  if (isSchemeError(error)) return error;
  if (error instanceof NtlmMessageError) {
    return failure('ERR_INVALID_RESPONSE', 'disable-scheme', error.detail ?? 'malformed Challenge message', error);
  }
  // TypeError: a name that this server cannot take. Anything else: a crypto library without MD5, as FIPS demands.
  const detail = `no NTLM response could be made: ${error instanceof Error ? error.message : 'unknown reason'}`;
  return failure('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS', 'disable-scheme', detail, error);
}
