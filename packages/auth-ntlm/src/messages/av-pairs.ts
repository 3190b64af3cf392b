import { SmartBuffer } from 'smart-buffer';
import { copy } from './buffer.js';
import { NtlmMessageError } from './error.js';

/** Identifiers of the attributes in target information (MS-NLMP 2.2.2.1). */
export const AvId = {
  /** NetBIOS name of the server, UTF-16LE as all names here. */
  NB_COMPUTER_NAME: 1,
  NB_DOMAIN_NAME: 2,
  DNS_COMPUTER_NAME: 3,
  DNS_DOMAIN_NAME: 4,
  DNS_TREE_NAME: 5,
  /** 32 bits, see {@link AvFlag}. */
  FLAGS: 6,
  /** The server's time: 100 ns steps since 1601 in 64 bits. */
  TIMESTAMP: 7,
  SINGLE_HOST: 8,
  /** Service principal name of the target, from the client. */
  TARGET_NAME: 9,
  /** MD5 hash of the channel bindings, from the client; zeros for none. */
  CHANNEL_BINDINGS: 10,
} as const;

/** Bits of the {@link AvId.FLAGS} attribute. */
export const AvFlag = {
  /** The account is constrained in how it signs in. */
  CONSTRAINED: 1,
  /** The Authenticate message carries a MIC. */
  MIC_PRESENT: 2,
  /** The client's target name was not verified. */
  UNTRUSTED_SPN: 4,
} as const;

/** One attribute of the target information. */
export interface AvPair {
  /** One of {@link AvId}, or any other number from 1 to 65 535. */
  readonly id: number;
  /** At most 65 535 bytes; 4 for flags and 8 for the timestamp. */
  readonly value: Uint8Array;
}

const END_OF_LIST = 0;
const FIXED_LENGTHS: ReadonlyMap<number, number> = new Map([
  [AvId.FLAGS, 4],
  [AvId.TIMESTAMP, 8],
]);

/**
 * Decodes target information. No byte at all is an empty list; otherwise the list has to end with its terminator.
 *
 * @throws {@link NtlmMessageError} when the bytes are no such list.
 */
export function decodeAvPairs(bytes: Uint8Array): AvPair[] {
  const pairs: AvPair[] = [];
  if (bytes.length === 0) return pairs;
  const buffer = SmartBuffer.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (;;) {
    if (buffer.remaining() < 4) throw invalid('ends without its terminator');
    const id = buffer.readUInt16LE();
    const length = buffer.readUInt16LE();
    if (id === END_OF_LIST) {
      if (length !== 0) throw invalid(`has a terminator with ${length} bytes`);
      if (buffer.remaining() > 0) throw invalid(`goes on for ${buffer.remaining()} bytes behind its terminator`);
      return pairs;
    }
    if (buffer.remaining() < length) throw invalid(`ends in attribute ${id} of ${length} bytes`);
    const expected = FIXED_LENGTHS.get(id);
    if (expected !== undefined && length !== expected) {
      throw invalid(`has attribute ${id} with ${length} bytes, expected ${expected}`);
    }
    pairs.push({ id, value: copy(buffer.readBuffer(length)) });
  }
}

/**
 * Encodes target information, with its terminator.
 *
 * @throws TypeError when an identifier or a value is out of range.
 */
export function encodeAvPairs(pairs: readonly AvPair[]): Uint8Array {
  const buffer = new SmartBuffer();
  for (const { id, value } of pairs) {
    if (!Number.isInteger(id) || id < 1 || id > 0xffff) throw new TypeError('an AV pair has an id from 1 to 65535');
    if (value.length > 0xffff) throw new TypeError(`attribute ${id} has ${value.length} bytes, at most 65535 fit`);
    const expected = FIXED_LENGTHS.get(id);
    if (expected !== undefined && value.length !== expected) {
      throw new TypeError(`attribute ${id} has to be ${expected} bytes`);
    }
    buffer.writeUInt16LE(id).writeUInt16LE(value.length).writeBuffer(Buffer.from(value));
  }
  buffer.writeUInt16LE(END_OF_LIST).writeUInt16LE(0);
  return copy(buffer.toBuffer());
}

function invalid(detail: string): NtlmMessageError {
  return new NtlmMessageError(`NTLM target information ${detail}`);
}
