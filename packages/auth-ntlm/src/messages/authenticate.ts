import { exactly, MessageReader, MessageWriter } from './buffer.js';
import { hasFlag, NegotiateFlag } from './flags.js';
import { inspectable } from './summary.js';
import { decodeText, encodeText } from './text.js';
import { decodeVersion, encodeVersion, VERSION_LENGTH, type Version } from './version.js';

/** The third message, from the client: its answer to the challenge (MS-NLMP 2.2.1.3). */
export interface AuthenticateMessage {
  readonly type: 'Authenticate';
  /** Bits of {@link NegotiateFlag} that both sides agreed to. */
  readonly flags: number;
  /** 24 zero bytes with NTLMv2. */
  readonly lmResponse: Uint8Array;
  /** With NTLMv2: proof, time, client challenge and target information. */
  readonly ntResponse: Uint8Array;
  readonly domain: string;
  readonly username: string;
  readonly workstation: string;
  /** The session key, encrypted; absent without key exchange. */
  readonly encryptedSessionKey?: Uint8Array | undefined;
  /** Given exactly when VERSION is set. */
  readonly version?: Version | undefined;
  /** 16 bytes: HMAC-MD5 of all three messages with the session key, this field being zero. */
  readonly mic?: Uint8Array | undefined;
}

const FIXED_LENGTH = 64;
const MIC_LENGTH = 16;
/** Where the MIC stands in an Authenticate message that has one. */
export const MIC_OFFSET = FIXED_LENGTH + VERSION_LENGTH;

/**
 * Encodes an Authenticate message.
 *
 * @throws TypeError when a field does not fit or contradicts the flags.
 */
export function encodeAuthenticate(message: AuthenticateMessage): Uint8Array {
  const { flags, mic } = message;
  const text = (field: 'domain' | 'username' | 'workstation') =>
    writer.payload(writer.place(field, encodeText(message[field], flags, field)));
  const writer = new MessageWriter('Authenticate', MIC_OFFSET + (mic === undefined ? 0 : MIC_LENGTH));
  const sessionKey = writer.place('encryptedSessionKey', message.encryptedSessionKey ?? new Uint8Array());
  writer.payload(writer.place('lmResponse', message.lmResponse));
  writer.payload(writer.place('ntResponse', message.ntResponse));
  text('domain');
  text('username');
  text('workstation');
  writer.payload(sessionKey).uint32(flags).bytes(encodeVersion(message.version, flags));
  if (mic !== undefined) writer.bytes(exactly(mic, MIC_LENGTH, 'mic'));
  return writer.finish();
}

/**
 * Decodes an Authenticate message. Old clients leave out version and MIC: `mic` is given where the payload leaves room
 * for it.
 *
 * @throws {@link NtlmMessageError} when the bytes are no Authenticate message.
 */
export function decodeAuthenticate(bytes: Uint8Array): AuthenticateMessage {
  const reader = new MessageReader(bytes, 'Authenticate');
  const lmResponse = reader.payload('LM response');
  const ntResponse = reader.payload('NT response');
  const domain = reader.payload('domain');
  const username = reader.payload('user name');
  const workstation = reader.payload('workstation');
  const encryptedSessionKey = reader.payload('session key');
  const flags = reader.uint32('flags');
  const version = hasRoom(reader, MIC_OFFSET) ? reader.bytes(VERSION_LENGTH, 'version') : undefined;
  const mic = hasRoom(reader, MIC_OFFSET + MIC_LENGTH) ? reader.bytes(MIC_LENGTH, 'MIC') : undefined;
  return inspectable({
    type: 'Authenticate',
    flags,
    lmResponse,
    ntResponse,
    domain: decodeText(domain, flags),
    username: decodeText(username, flags),
    workstation: decodeText(workstation, flags),
    ...(encryptedSessionKey.length > 0 && { encryptedSessionKey }),
    ...(version !== undefined && hasFlag(flags, NegotiateFlag.VERSION) && { version: decodeVersion(version) }),
    ...(mic !== undefined && { mic }),
  });
}

function hasRoom(reader: MessageReader, end: number): boolean {
  return reader.length >= end && reader.payloadStart >= end;
}
