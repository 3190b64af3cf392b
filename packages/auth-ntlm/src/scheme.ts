import type { AuthContext, Challenge, ConnectionScheme, Conversation, SchemeError } from '@netloom/contracts';
import { failure, NtlmInitiator, SIGN_IN_FLAGS } from './initiator.js';
import { type NtlmOptions, type Settings, settingsOf } from './options.js';

/**
 * The NTLM scheme for servers (401) and proxies (407), with NTLMv2 only. Its sign-in belongs to the connection, and needs
 * HTTP/1.1.
 *
 * @param options - see {@link NtlmOptions}; everything has a default.
 * @throws TypeError when an option is out of range, or asks for LM, LMv2 or NTLMv1.
 *
 * @example
 * ```ts
 * import { ntlm } from '@netloom/auth-ntlm';
 * import { createClient } from '@netloom/core';
 *
 * const client = createClient({
 *   proxy: 'http://proxy.corp.example:3128',
 *   auth: [ntlm()],
 *   credentials: async () => ({ username: 'CORP\\alice', password: 'wonderland' }),
 * });
 * ```
 */
export function ntlm(options: NtlmOptions = {}): ConnectionScheme {
  const settings = settingsOf(options);
  return {
    name: 'ntlm',
    connectionBound: true,
    requiresHttp1: true,
    identities: { explicit: true, ambient: false },
    start: (context) => new NtlmConversation(settings, context),
  };
}

class NtlmConversation implements Conversation {
  readonly #initiator: NtlmInitiator;
  #round = 0;

  constructor(settings: Settings, context: AuthContext) {
    this.#initiator = new NtlmInitiator(settings, context, SIGN_IN_FLAGS);
  }

  get unfinished(): boolean {
    return this.#round === 1;
  }

  async step({ token68, malformed }: Challenge, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    this.#round++;
    if (this.#round === 1) {
      if (token68 !== undefined) {
        throw failure('ERR_INVALID_RESPONSE', 'disable-scheme', 'the first NTLM challenge carries a token');
      }
      return this.#initiator.negotiate();
    }
    if (malformed) throw notBase64();
    if (token68 === undefined) {
      throw failure('ERR_INVALID_AUTH_CREDENTIALS', 'drop-identity', 'the peer ended the NTLM sign-in');
    }
    const { message, sessionKey } = this.#initiator.answer(decodeToken(token68));
    sessionKey.fill(0);
    return message;
  }

  /** NTLM has no token that proves the server: whatever ends the conversation is fine. */
  async finish(): Promise<'ok'> {
    return 'ok';
  }

  dispose(): void {
    this.#initiator.dispose();
  }
}

function decodeToken(token68: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(token68) || token68.length % 4 !== 0) {
    throw notBase64();
  }
  return Buffer.from(token68, 'base64');
}

function notBase64(): SchemeError {
  return failure('ERR_INVALID_RESPONSE', 'disable-scheme', 'the NTLM token is not base64');
}
