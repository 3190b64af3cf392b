import { type AvPair, decodeAvPairs, encodeAvPairs } from './av-pairs.js';
import { exactly, MessageReader, MessageWriter } from './buffer.js';
import { hasFlag, NegotiateFlag } from './flags.js';
import { inspectable } from './summary.js';
import { decodeText, encodeText } from './text.js';
import { decodeVersion, encodeVersion, VERSION_LENGTH, type Version } from './version.js';

/** The second message, from the server: its nonce and what it knows of itself (MS-NLMP 2.2.1.2). */
export interface ChallengeMessage {
  readonly type: 'Challenge';
  /** Bits of {@link NegotiateFlag}. */
  readonly flags: number;
  /** Eight bytes that the response has to answer. */
  readonly serverChallenge: Uint8Array;
  /** Name of the domain or server, empty where it gives none. */
  readonly targetName: string;
  /** Attributes of the server; given exactly when TARGET_INFO is set. */
  readonly targetInfo?: readonly AvPair[] | undefined;
  /** Given exactly when VERSION is set. */
  readonly version?: Version | undefined;
}

const RESERVED = new Uint8Array(8);
const FIXED_LENGTH = 48;

/**
 * Encodes a Challenge message.
 *
 * @throws TypeError when a field does not fit or contradicts the flags.
 */
export function encodeChallenge(message: ChallengeMessage): Uint8Array {
  const { flags, targetInfo } = message;
  if (hasFlag(flags, NegotiateFlag.TARGET_INFO) !== (targetInfo !== undefined)) {
    throw new TypeError('targetInfo has to be given exactly when the TARGET_INFO flag is set');
  }
  const writer = new MessageWriter('Challenge', FIXED_LENGTH + VERSION_LENGTH);
  return writer
    .payload(writer.place('targetName', encodeText(message.targetName, flags, 'targetName')))
    .uint32(flags)
    .bytes(exactly(message.serverChallenge, 8, 'serverChallenge'))
    .bytes(RESERVED)
    .payload(writer.place('targetInfo', targetInfo === undefined ? new Uint8Array() : encodeAvPairs(targetInfo)))
    .bytes(encodeVersion(message.version, flags))
    .finish();
}

/**
 * Decodes a Challenge message. Old servers leave out everything behind the nonce.
 *
 * @throws {@link NtlmMessageError} when the bytes are no Challenge message.
 *
 * @example
 * ```ts
 * import { decodeChallenge } from '@netloom/auth-ntlm/messages';
 *
 * const field = 'NTLM TlRMTVNTUAACAAAAAAAAACAAAAAHgggAASNFZ4mrze8=';
 * const challenge = decodeChallenge(Buffer.from(field.slice('NTLM '.length), 'base64'));
 * console.log(Buffer.from(challenge.serverChallenge).toString('hex'));
 * // 0123456789abcdef
 * ```
 */
export function decodeChallenge(bytes: Uint8Array): ChallengeMessage {
  const reader = new MessageReader(bytes, 'Challenge');
  const targetName = reader.payload('target name');
  const flags = reader.uint32('flags');
  const serverChallenge = reader.bytes(8, 'server challenge');
  let targetInfo: AvPair[] | undefined;
  if (hasFlag(flags, NegotiateFlag.TARGET_INFO)) {
    reader.bytes(RESERVED.length, 'reserved field');
    targetInfo = decodeAvPairs(reader.payload('target information'));
  }
  return inspectable({
    type: 'Challenge',
    flags,
    serverChallenge,
    targetName: decodeText(targetName, flags),
    ...(targetInfo !== undefined && { targetInfo }),
    ...versionOf(reader, flags, targetInfo !== undefined),
  });
}

function versionOf(reader: MessageReader, flags: number, behindTargetInfo: boolean): { version?: Version } {
  const end = FIXED_LENGTH + VERSION_LENGTH;
  if (!hasFlag(flags, NegotiateFlag.VERSION) || reader.length < end || reader.payloadStart < end) return {};
  // Without target information its field is there all the same when a version follows.
  if (!behindTargetInfo) reader.bytes(RESERVED.length + 8, 'target information');
  return { version: decodeVersion(reader.bytes(VERSION_LENGTH, 'version')) };
}
