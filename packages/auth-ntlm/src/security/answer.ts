import { hmacMd5 } from '../crypto/digest.js';
import { Rc4 } from '../crypto/rc4.js';
import { type AuthenticateMessage, encodeAuthenticate, MIC_OFFSET } from '../messages/authenticate.js';
import { encodeAvPairs } from '../messages/av-pairs.js';
import { decodeChallenge } from '../messages/challenge.js';
import { hasFlag, joinFlags, NegotiateFlag } from '../messages/flags.js';
import type { Version } from '../messages/version.js';
import type { Account } from './account.js';
import { ntlmv2Response, responseKey } from './response.js';
import { serverTimestamp, type TargetBinding, updateTargetInfo } from './target-info.js';

/** Everything that an Authenticate message is made from. */
export interface AnswerInput {
  /** The Negotiate message as it was sent. */
  readonly negotiate: Uint8Array;
  /** Flags of the Negotiate message. */
  readonly offered: number;
  /** The Challenge message as it came. */
  readonly challenge: Uint8Array;
  readonly account: Account;
  readonly ntHash: Uint8Array;
  readonly workstation: string;
  readonly version: Version | undefined;
  /** Target name and channel binding; undefined leaves both out. */
  readonly binding: TargetBinding | undefined;
  /** The client's clock as FILETIME, used where the server gives no time of its own. */
  readonly timestamp: bigint;
  /** Eight random bytes. */
  readonly clientChallenge: Uint8Array;
  /** Sixteen random bytes, the session key if both sides exchange one. */
  readonly randomSessionKey: Uint8Array;
}

/** An Authenticate message and the session that it opens. */
export interface Answer {
  readonly message: Uint8Array;
  /** Flags that both sides agreed to. */
  readonly flags: number;
  /** Sixteen bytes, of which all keys of the session are made. */
  readonly sessionKey: Uint8Array;
}

const NO_LM_RESPONSE = new Uint8Array(24);
const NO_MIC = new Uint8Array(16);

/**
 * Answers a Challenge message with NTLMv2 and a MIC (MS-NLMP 3.1.5.1.2).
 *
 * @throws NtlmMessageError when the challenge is malformed, TypeError when a name does not fit into the message.
 */
export function answerChallenge(input: AnswerInput): Answer {
  const challenge = decodeChallenge(input.challenge);
  const flags = joinFlags(challenge.flags & input.offered, NegotiateFlag.EXTENDED_SESSIONSECURITY);
  requireReadableNames(flags, input);
  const serverInfo = challenge.targetInfo ?? [];
  const key = responseKey(input.ntHash, input.account);
  const { ntResponse, sessionBaseKey } = ntlmv2Response(key, challenge.serverChallenge, {
    timestamp: serverTimestamp(serverInfo) ?? input.timestamp,
    clientChallenge: input.clientChallenge,
    targetInfo: encodeAvPairs(updateTargetInfo(serverInfo, { mic: true, binding: input.binding })),
  });
  key.fill(0);
  const { sessionKey, encryptedSessionKey } = exchangeKey(flags, sessionBaseKey, input.randomSessionKey);
  const message = encodeAuthenticate({
    type: 'Authenticate',
    flags,
    lmResponse: NO_LM_RESPONSE,
    ntResponse,
    ...input.account,
    workstation: input.workstation,
    encryptedSessionKey,
    version: hasFlag(flags, NegotiateFlag.VERSION) ? input.version : undefined,
    mic: NO_MIC,
  } satisfies AuthenticateMessage);
  message.set(messageIntegrityCode(sessionKey, input.negotiate, input.challenge, message), MIC_OFFSET);
  return { message, flags, sessionKey };
}

/** The code over all three messages, that of the last one being zero in it (MS-NLMP 3.1.5.1.2). */
export function messageIntegrityCode(
  sessionKey: Uint8Array,
  negotiate: Uint8Array,
  challenge: Uint8Array,
  authenticate: Uint8Array,
): Uint8Array {
  return hmacMd5(sessionKey, negotiate, challenge, authenticate);
}

/** The session key, and its encrypted form where the client chooses it. With NTLMv2 the base key encrypts it. */
export function exchangeKey(
  flags: number,
  sessionBaseKey: Uint8Array,
  randomSessionKey: Uint8Array,
): { sessionKey: Uint8Array; encryptedSessionKey: Uint8Array | undefined } {
  if (!hasFlag(flags, NegotiateFlag.KEY_EXCH)) return { sessionKey: sessionBaseKey, encryptedSessionKey: undefined };
  const cipher = new Rc4(sessionBaseKey);
  const encryptedSessionKey = cipher.process(randomSessionKey);
  cipher.wipe();
  sessionBaseKey.fill(0);
  return { sessionKey: new Uint8Array(randomSessionKey), encryptedSessionKey };
}

/** Without Unicode each side reads names in its own code page, of which only ASCII is the same everywhere. */
function requireReadableNames(flags: number, { account, workstation }: AnswerInput): void {
  if (hasFlag(flags, NegotiateFlag.UNICODE)) return;
  for (const [field, text] of Object.entries({ ...account, workstation })) {
    if (/[^\0-\x7f]/.test(text)) throw new TypeError(`${field} is not ASCII and the server does not take Unicode`);
  }
}
