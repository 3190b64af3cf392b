import { type MechanismContext, SchemeError, type SchemeErrorEffect, type SecurityMechanism } from '@netloom/contracts';
import type { ContextStep, SecurityContext } from '../provider.js';
import { decodeSpnego, encodeInit, encodeMechTypes, encodeResp } from '../spnego/index.js';
import type { NegTokenInit, NegTokenResp } from '../spnego/tokens.js';

const NTLMSSP = Buffer.from('NTLMSSP\0', 'latin1');

/**
 * Negotiates one mechanism in plain TypeScript (RFC 4178, MS-SPNG): the initiator's side. A peer that does not
 * understand SPNEGO gets the mechanism's bare tokens, as Windows sends them in `Negotiate`.
 */
export class ManagedContext implements SecurityContext {
  readonly #mechanism: SecurityMechanism;
  readonly #begin: () => MechanismContext;
  #context: MechanismContext;
  #sent: 'nothing' | 'first' | 'later' = 'nothing';
  #bare: boolean;
  /** The mechanism has finished; what is left is for SPNEGO. */
  #established = false;
  #complete = false;
  #micWanted = false;

  /**
   * @param begin - begins a context of the mechanism.
   * @param bare - leaves SPNEGO out from the start.
   */
  constructor(mechanism: SecurityMechanism, begin: () => MechanismContext, bare: boolean) {
    this.#mechanism = mechanism;
    this.#begin = begin;
    this.#context = begin();
    this.#bare = bare;
  }

  async step(token: Uint8Array | undefined, signal: AbortSignal): Promise<ContextStep> {
    signal.throwIfAborted();
    if (this.#complete) throw refused('the peer goes on after the end of the sign-in');
    if (this.#sent === 'nothing') return this.#first(token, signal);
    if (token === undefined) throw refused('the peer ended the sign-in');
    if (NTLMSSP.equals(token.subarray(0, NTLMSSP.length))) return this.#answerBare(token, signal);
    const answer = decodeSpnego(token);
    if (answer.type === 'init') throw malformed('the peer answers a first token by a first token');
    return this.#answer(answer, signal);
  }

  dispose(): void {
    this.#complete = true;
    this.#context.dispose();
  }

  async #first(greeting: Uint8Array | undefined, signal: AbortSignal): Promise<ContextStep> {
    if (greeting !== undefined) this.#heed(greeting);
    const { oid } = this.#mechanism;
    const { token } = await this.#context.step(undefined, signal);
    this.#sent = 'first';
    if (token === undefined) throw new TypeError(`the mechanism ${this.#mechanism.name} made no first token`);
    return { ...pending(this.#bare ? token : encodeInit({ mechTypes: [oid], mechToken: token })), unfinished: true };
  }

  /** A peer may speak first and say what it can (MS-SPNG section 3.2.5.2). */
  #heed(greeting: Uint8Array): void {
    const offer = decodeSpnego(greeting) as NegTokenInit | NegTokenResp;
    if (offer.type !== 'init') throw malformed('the first challenge carries a later token');
    if (!offer.mechTypes.includes(this.#mechanism.oid)) {
      throw new SchemeError('ERR_UNSUPPORTED_AUTH_SCHEME', {
        effect: 'disable-scheme',
        detail: `the peer does not take ${this.#mechanism.name}; it takes ${offer.mechTypes.join(', ') || 'nothing'}`,
      });
    }
  }

  async #answerBare(token: Uint8Array, signal: AbortSignal): Promise<ContextStep> {
    this.#bare = true;
    const step = await this.#context.step(token, signal);
    this.#sent = 'later';
    this.#complete = step.complete;
    return { ...step, mutual: false };
  }

  async #answer(answer: NegTokenResp, signal: AbortSignal): Promise<ContextStep> {
    const { state, supportedMech, responseToken } = answer;
    if (state === 'reject') throw refused('the peer rejected the sign-in');
    if (this.#bare) throw malformed('the peer answers a bare token by SPNEGO');
    if (supportedMech !== undefined && supportedMech !== this.#mechanism.oid) return this.#beginBare(signal);
    if (state === 'request-mic') this.#micWanted = true;
    if (this.#established) return this.#conclude(answer);
    if (responseToken === undefined) throw malformed('the peer sent no token of the mechanism');
    const step = await this.#context.step(responseToken, signal);
    this.#sent = 'later';
    this.#established = step.complete;
    // Mandatory where NTLM signs its own messages (MS-SPNG section 3.3.5.1), and allowed everywhere.
    const mechListMic = step.complete ? this.#context.sign(this.#mechTypes()) : undefined;
    return pending(encodeResp({ state: 'accept-incomplete', responseToken: step.token, mechListMic }));
  }

  /** The peer's last word; its signature shows that nobody has changed the list of mechanisms on the way. */
  #conclude({ state, responseToken, mechListMic }: NegTokenResp): ContextStep {
    if (responseToken !== undefined) throw malformed('the peer goes on after the end of the mechanism');
    if (mechListMic === undefined && this.#micWanted) throw malformed('the peer did not sign the list of mechanisms');
    if (mechListMic !== undefined && !this.#context.verify(this.#mechTypes(), mechListMic)) {
      throw malformed("the peer's signature of the list of mechanisms is wrong");
    }
    if (state !== undefined && state !== 'accept-completed') throw refused('the peer wants more than there is');
    this.#complete = true;
    return { token: undefined, complete: true, mutual: false };
  }

  /** The peer chose what was not offered: it looks for Kerberos behind SPNEGO, and may know NTLM bare. */
  async #beginBare(signal: AbortSignal): Promise<ContextStep> {
    if (this.#sent !== 'first') throw malformed('the peer changed the mechanism');
    this.#context.dispose();
    this.#context = this.#begin();
    this.#bare = true;
    return this.#first(undefined, signal);
  }

  #mechTypes(): Uint8Array {
    return encodeMechTypes([this.#mechanism.oid]);
  }
}

function pending(token: Uint8Array): ContextStep {
  return { token, complete: false, mutual: false };
}

function failure(effect: SchemeErrorEffect, detail: string): SchemeError {
  const code = effect === 'drop-identity' ? 'ERR_INVALID_AUTH_CREDENTIALS' : 'ERR_INVALID_RESPONSE';
  return new SchemeError(code, { effect, detail });
}

const refused = (detail: string) => failure('drop-identity', detail);
const malformed = (detail: string) => failure('disable-scheme', detail);
