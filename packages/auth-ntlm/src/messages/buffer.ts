import { SmartBuffer } from 'smart-buffer';
import { type MessageName, NtlmMessageError } from './error.js';

/** The first eight bytes of every message: `NTLMSSP` and a zero (MS-NLMP 2.2.1). */
const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const TYPES: Readonly<Record<MessageName, number>> = { Negotiate: 1, Challenge: 2, Authenticate: 3 };
/** Lengths in payload fields have 16 bits. */
const MAX_FIELD = 0xffff;

/** Which of the three messages these bytes claim to be. */
export function messageName(bytes: Uint8Array): MessageName {
  const reader = new MessageReader(bytes, 'message');
  const name = (Object.keys(TYPES) as MessageName[]).find((key) => TYPES[key] === reader.type);
  if (name === undefined) throw new NtlmMessageError(`message type ${reader.type} is none of 1, 2 and 3`);
  return name;
}

/** Reads a message: fixed fields in order, some of which point into the payload behind them. */
export class MessageReader {
  readonly type: number;
  readonly length: number;
  readonly #what: string;
  readonly #buffer: SmartBuffer;
  #payloadStart: number;

  /** Reads signature and type. Every later error says which message (`what`) and field was wrong. */
  constructor(bytes: Uint8Array, what: MessageName | 'message') {
    this.#what = what;
    this.#buffer = SmartBuffer.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.length = this.#payloadStart = bytes.byteLength;
    if (!SIGNATURE.equals(this.bytes(SIGNATURE.length, 'signature'))) throw this.#error('signature is not NTLMSSP');
    this.type = this.uint32('type');
    if (what !== 'message' && this.type !== TYPES[what]) {
      throw this.#error(`type is ${this.type}, expected ${TYPES[what]}`);
    }
  }

  /** Where the first payload that is not empty begins; the end of the message if there is none. */
  get payloadStart(): number {
    return this.#payloadStart;
  }

  uint32(field: string): number {
    this.#need(4, field);
    return this.#buffer.readUInt32LE();
  }

  bytes(length: number, field: string): Uint8Array {
    this.#need(length, field);
    return copy(this.#buffer.readBuffer(length));
  }

  /** What a payload field (length, allocated length, offset) points to. An empty one may point anywhere. */
  payload(field: string): Uint8Array {
    this.#need(8, field);
    const length = this.#buffer.readUInt16LE();
    this.#buffer.readUInt16LE();
    const offset = this.#buffer.readUInt32LE();
    if (length === 0) return new Uint8Array();
    if (offset + length > this.length) {
      throw this.#error(`${field} has ${length} bytes at offset ${offset} of ${this.length} bytes`);
    }
    this.#payloadStart = Math.min(this.#payloadStart, offset);
    return copy(this.#buffer.internalBuffer.subarray(offset, offset + length));
  }

  #need(length: number, field: string): void {
    if (this.#buffer.remaining() < length) throw this.#error(`${this.length} bytes end before or in the ${field}`);
  }

  #error(detail: string): NtlmMessageError {
    return new NtlmMessageError(`NTLM ${this.#what === 'message' ? 'message' : `${this.#what} message`}: ${detail}`);
  }
}

/** Where a payload stands in the message that is being written. */
interface PlacedPayload {
  readonly length: number;
  readonly offset: number;
}

/** Writes a message: fixed fields in order, and behind them the payload. */
export class MessageWriter {
  readonly #fixed = new SmartBuffer();
  readonly #payload = new SmartBuffer();
  readonly #fixedLength: number;

  constructor(name: MessageName, fixedLength: number) {
    this.#fixedLength = fixedLength;
    this.#fixed.writeBuffer(SIGNATURE).writeUInt32LE(TYPES[name]);
  }

  uint32(value: number): this {
    this.#fixed.writeUInt32LE(value);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#fixed.writeBuffer(Buffer.from(value));
    return this;
  }

  /** Appends to the payload; {@link payload} then points to it. */
  place(field: string, value: Uint8Array): PlacedPayload {
    if (value.length > MAX_FIELD) throw new TypeError(`${field} has ${value.length} bytes, at most ${MAX_FIELD} fit`);
    const offset = this.#fixedLength + this.#payload.length;
    this.#payload.writeBuffer(Buffer.from(value));
    return { length: value.length, offset };
  }

  /** Writes a field that points to what was placed. */
  payload({ length, offset }: PlacedPayload): this {
    this.#fixed.writeUInt16LE(length).writeUInt16LE(length).writeUInt32LE(offset);
    return this;
  }

  /** The whole message. */
  finish(): Uint8Array {
    return copy(Buffer.concat([this.#fixed.toBuffer(), this.#payload.toBuffer()]));
  }
}

/** Bytes of their own, so that neither side sees the other's later changes. */
export function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** The argument, if it is a byte array of this length. */
export function exactly(bytes: Uint8Array, length: number, field: string): Uint8Array {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length)
    throw new TypeError(`${field} has to be ${length} bytes`);
  return bytes;
}
