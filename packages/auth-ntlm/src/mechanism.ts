import type { AuthContext, MechanismContext, MechanismStep, SecurityMechanism } from '@netloom/contracts';
import { failure, NtlmInitiator, SIGNING_FLAGS } from './initiator.js';
import { type NtlmOptions, type Settings, settingsOf } from './options.js';
import { SessionSecurity } from './security/session.js';

/**
 * NTLMv2 as a security mechanism that signs, for SPNEGO to carry (object identifier 1.3.6.1.4.1.311.2.2.10).
 *
 * @param options - see {@link NtlmOptions}; everything has a default.
 * @throws TypeError when an option is out of range, or asks for LM, LMv2 or NTLMv1.
 *
 * @example
 * ```ts
 * import { ntlmMechanism } from '@netloom/auth-ntlm';
 * import type { AuthContext } from '@netloom/contracts';
 *
 * async function firstToken(context: AuthContext): Promise<Uint8Array | undefined> {
 *   const mechanism = ntlmMechanism().start(context);
 *   try {
 *     return (await mechanism.step(undefined, AbortSignal.timeout(1000))).token;
 *   } finally {
 *     mechanism.dispose();
 *   }
 * }
 * ```
 */
export function ntlmMechanism(options: NtlmOptions = {}): SecurityMechanism {
  const settings = settingsOf(options);
  return {
    name: 'ntlm',
    oid: '1.3.6.1.4.1.311.2.2.10',
    start: (context) => new NtlmContext(settings, context),
  };
}

class NtlmContext implements MechanismContext {
  readonly #initiator: NtlmInitiator;
  #session: SessionSecurity | undefined;
  #sessionKey: Uint8Array | undefined;
  #started = false;

  constructor(settings: Settings, context: AuthContext) {
    this.#initiator = new NtlmInitiator(settings, context, SIGNING_FLAGS);
  }

  get sessionKey(): Uint8Array | undefined {
    return this.#sessionKey;
  }

  async step(token: Uint8Array | undefined, signal: AbortSignal): Promise<MechanismStep> {
    signal.throwIfAborted();
    if (!this.#started) {
      if (token !== undefined) {
        throw failure('ERR_INVALID_RESPONSE', 'disable-scheme', 'NTLM begins with a message of the client');
      }
      this.#started = true;
      return { token: this.#initiator.negotiate(), complete: false };
    }
    if (token === undefined) {
      throw failure('ERR_INVALID_RESPONSE', 'disable-scheme', 'the peer sent no NTLM Challenge message');
    }
    const { message, flags, sessionKey } = this.#initiator.answer(token);
    this.#sessionKey = sessionKey;
    this.#session = new SessionSecurity(sessionKey, flags);
    return { token: message, complete: true };
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#established().sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.#established().verify(message, signature);
  }

  dispose(): void {
    this.#initiator.dispose();
    this.#session?.wipe();
    this.#sessionKey?.fill(0);
    this.#session = this.#sessionKey = undefined;
  }

  #established(): SessionSecurity {
    if (this.#session === undefined) throw new TypeError('the NTLM context is not established');
    return this.#session;
  }
}
