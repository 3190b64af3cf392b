import type { AuthContext } from './auth.js';

/** One step of a {@link MechanismContext}. */
export interface MechanismStep {
  /** The token for the peer; undefined when nothing is to be sent. */
  readonly token: Uint8Array | undefined;
  /** Whether this side has finished. */
  readonly complete: boolean;
}

/** A security context being established, then usable for signatures (RFC 2743). */
export interface MechanismContext {
  /**
   * Takes the peer's token, undefined in the first step, and makes the next one.
   *
   * @throws SchemeError when the context cannot be established.
   */
  step(token: Uint8Array | undefined, signal: AbortSignal): Promise<MechanismStep>;
  /** A signature of the message with the context's key (GSS_GetMIC). Only after completion. */
  sign(message: Uint8Array): Uint8Array;
  /** Whether the peer's signature of the message is right (GSS_VerifyMIC), compared in constant time. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
  /** The session key, once established. */
  readonly sessionKey: Uint8Array | undefined;
  /** Frees and overwrites what the context holds. */
  dispose(): void;
}

/** A security mechanism that SPNEGO can carry (RFC 4178), such as NTLM or Kerberos. */
export interface SecurityMechanism {
  /** Name in lower case, such as `ntlm`. */
  readonly name: string;
  /** Object identifier in dotted notation. */
  readonly oid: string;
  /** Begins a context for the given sign-in. */
  start(context: AuthContext): MechanismContext;
}
