import type { Connection } from '../server/connection.js';
import { NtlmAcceptor, type NtlmAcceptorOptions, type NtlmSession } from './ntlm-acceptor.js';
import { ntlmSignature } from './ntlm-signature.js';
import type { ServerScheme, Verdict } from './scheme.js';
import { readInitiatorToken, writeAcceptorToken } from './spnego-der.js';

/** Options of {@link negotiateAuth}. */
export interface NegotiateAuthOptions extends NtlmAcceptorOptions {
  /**
   * What is made of the signature of the list of mechanisms: it has to be right where it is there (`accept`, the
   * default), has to be there (`require`), or is asked for by `request-mic` as well (`request`).
   */
  readonly mic?: 'accept' | 'require' | 'request';
  /**
   * Whether NTLM is taken bare only: a SPNEGO token is answered by the choice of Kerberos, spelled `token=…` as by Squid's
   * helpers. Default false; bare messages are understood in any case.
   */
  readonly bareOnly?: boolean;
  /** Answers the first SPNEGO token by a bare NTLM message. Default false. */
  readonly answersBare?: boolean;
  /** What is wrong with the last token. Default: nothing. `none`: it is not sent. */
  readonly lastToken?: 'none' | 'wrong-mic' | 'no-mic' | 'reject';
}

const NTLM = Buffer.from('060a2b06010401823702020a', 'hex');
const KRB5 = Buffer.from('06092a864886f712010202', 'hex');
const NTLMSSP = Buffer.from('NTLMSSP\0', 'latin1');
const COMPLETED = 0;
const INCOMPLETE = 1;
const REJECT = 2;
const REQUEST_MIC = 3;

interface Pending {
  readonly acceptor: NtlmAcceptor;
  /** Undefined where the messages come bare. */
  readonly mechTypes: Buffer | undefined;
}

/** Negotiate with NTLMv2 inside SPNEGO, or bare. There is no Kerberos: that takes a KDC. */
export function negotiateAuth(options: NegotiateAuthOptions = {}): ServerScheme {
  return {
    name: 'Negotiate',
    connectionBound: true,
    start({ users }) {
      const pending = new WeakMap<Connection, Pending>();
      return {
        challenges: () => ['Negotiate'],
        verify(credentials, { connection, certificate }): Verdict {
          const message = Buffer.from(credentials, 'base64');
          const begun = pending.get(connection);
          pending.delete(connection);
          try {
            if (begun === undefined) {
              const { verdict, state } = begin(options, message);
              if (state !== undefined) pending.set(connection, state);
              return verdict;
            }
            const { acceptor, mechTypes } = begun;
            if (mechTypes === undefined)
              return { result: 'ok', user: acceptor.accept(message, users, certificate).user };
            const { token, mic } = readInitiatorToken(message);
            if (token === undefined) throw new Error('no token of the mechanism');
            const session = acceptor.accept(token, users, certificate);
            checkMic(options, session, mechTypes, mic);
            return { result: 'ok', user: session.user, ...lastToken(options, session, mechTypes) };
          } catch (error) {
            return { result: 'rejected', reason: (error as Error).message };
          }
        },
      };
    },
  };
}

function begin(options: NegotiateAuthOptions, message: Buffer): { verdict: Verdict; state?: Pending } {
  const acceptor = new NtlmAcceptor(options);
  const isBare = isNtlm(message);
  if (isBare) return { verdict: goOn(acceptor.challenge(message)), state: { acceptor, mechTypes: undefined } };
  const { mechTypes, token } = readInitiatorToken(message);
  if (mechTypes === undefined) throw new Error('a later token without a first one');
  if (options.bareOnly) {
    const choice = writeAcceptorToken({ state: INCOMPLETE, mechanism: KRB5 });
    return { verdict: { result: 'continue', challenge: `Negotiate token=${choice.toString('base64')}` } };
  }
  if (!mechTypes.includes(NTLM) || token === undefined) throw new Error('NTLM is not offered');
  const challenge = acceptor.challenge(token);
  if (options.answersBare) return { verdict: goOn(challenge), state: { acceptor, mechTypes: undefined } };
  const state = options.mic === 'request' ? REQUEST_MIC : INCOMPLETE;
  const answer = writeAcceptorToken({ state, mechanism: NTLM, token: challenge });
  return { verdict: goOn(answer), state: { acceptor, mechTypes } };
}

function goOn(token: Buffer): Verdict {
  return { result: 'continue', challenge: `Negotiate ${token.toString('base64')}` };
}

function isNtlm(message: Buffer): boolean {
  return message.subarray(0, NTLMSSP.length).equals(NTLMSSP);
}

function checkMic(
  { mic: policy = 'accept' }: NegotiateAuthOptions,
  session: NtlmSession,
  mechTypes: Buffer,
  mic: Buffer | undefined,
): void {
  if (mic === undefined && policy !== 'accept') throw new Error('no signature of the list of mechanisms');
  if (mic !== undefined && !mic.equals(ntlmSignature(session, 'client', 0, mechTypes))) {
    throw new Error('wrong signature of the list of mechanisms');
  }
}

function lastToken(
  options: NegotiateAuthOptions,
  session: NtlmSession,
  mechTypes: Buffer,
): { finalChallenge?: string } {
  if (options.lastToken === 'none') return {};
  const mic = ntlmSignature(session, 'server', 0, mechTypes);
  if (options.lastToken === 'wrong-mic') mic[5]! ^= 1;
  const token = writeAcceptorToken({
    state: options.lastToken === 'reject' ? REJECT : COMPLETED,
    ...(options.lastToken !== 'no-mic' && { mic }),
  });
  return { finalChallenge: `Negotiate ${token.toString('base64')}` };
}
