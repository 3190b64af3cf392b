import { MessageReader, MessageWriter } from './buffer.js';
import { hasFlag, NegotiateFlag } from './flags.js';
import { inspectable } from './summary.js';
import { decodeOem, encodeOem } from './text.js';
import { decodeVersion, encodeVersion, VERSION_LENGTH, type Version } from './version.js';

/** The first message, from the client: what it can do (MS-NLMP 2.2.1.1). */
export interface NegotiateMessage {
  readonly type: 'Negotiate';
  /** Bits of {@link NegotiateFlag}. */
  readonly flags: number;
  /** The client's domain; given exactly when OEM_DOMAIN_SUPPLIED is set. ISO-8859-1. */
  readonly domain?: string | undefined;
  /** The client's name; given exactly when OEM_WORKSTATION_SUPPLIED is set. ISO-8859-1. */
  readonly workstation?: string | undefined;
  /** Given exactly when VERSION is set; makes the message 40 bytes long instead of 32. */
  readonly version?: Version | undefined;
}

const FIXED_LENGTH = 32;

/**
 * Encodes a Negotiate message.
 *
 * @throws TypeError when a field does not fit or contradicts the flags.
 *
 * @example
 * ```ts
 * import { encodeNegotiate } from '@netloom/auth-ntlm/messages';
 *
 * const bytes = encodeNegotiate({ type: 'Negotiate', flags: 0x00088207 });
 * console.log(Buffer.from(bytes).toString('base64'));
 * // TlRMTVNTUAABAAAAB4IIAAAAAAAgAAAAAAAAACAAAAA=
 * ```
 */
export function encodeNegotiate(message: NegotiateMessage): Uint8Array {
  const { flags, version } = message;
  const versionField = encodeVersion(version, flags);
  const writer = new MessageWriter('Negotiate', FIXED_LENGTH + (version === undefined ? 0 : VERSION_LENGTH));
  writer
    .uint32(flags)
    .payload(writer.place('domain', supplied(message, 'domain', NegotiateFlag.OEM_DOMAIN_SUPPLIED)))
    .payload(writer.place('workstation', supplied(message, 'workstation', NegotiateFlag.OEM_WORKSTATION_SUPPLIED)));
  if (version !== undefined) writer.bytes(versionField);
  return writer.finish();
}

/**
 * Decodes a Negotiate message. Old clients leave out everything behind the flags.
 *
 * @throws {@link NtlmMessageError} when the bytes are no Negotiate message.
 */
export function decodeNegotiate(bytes: Uint8Array): NegotiateMessage {
  const reader = new MessageReader(bytes, 'Negotiate');
  const flags = reader.uint32('flags');
  const supplied = (bit: number, field: string) => {
    const value = reader.length < FIXED_LENGTH && !hasFlag(flags, bit) ? new Uint8Array() : reader.payload(field);
    return hasFlag(flags, bit) ? decodeOem(value) : undefined;
  };
  const domain = supplied(NegotiateFlag.OEM_DOMAIN_SUPPLIED, 'domain');
  const workstation = supplied(NegotiateFlag.OEM_WORKSTATION_SUPPLIED, 'workstation');
  const end = FIXED_LENGTH + VERSION_LENGTH;
  const hasVersion = hasFlag(flags, NegotiateFlag.VERSION) && reader.length >= end && reader.payloadStart >= end;
  return inspectable({
    type: 'Negotiate',
    flags,
    ...(domain !== undefined && { domain }),
    ...(workstation !== undefined && { workstation }),
    ...(hasVersion && { version: decodeVersion(reader.bytes(VERSION_LENGTH, 'version')) }),
  });
}

function supplied(message: NegotiateMessage, field: 'domain' | 'workstation', bit: number): Uint8Array {
  const value = message[field];
  if (hasFlag(message.flags, bit) !== (value !== undefined)) {
    throw new TypeError(`${field} has to be given exactly when OEM_${field.toUpperCase()}_SUPPLIED is set`);
  }
  return encodeOem(value ?? '', field);
}
