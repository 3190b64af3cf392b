/** One element of DER, with what is behind it in its frame. */
interface Element {
  readonly tag: number;
  readonly value: Buffer;
  /** Tag, length and value. */
  readonly whole: Buffer;
}

const SPNEGO = Buffer.from('06062b0601050502', 'hex');

/** What an initiator sends, as far as an acceptor looks at it. */
export interface InitiatorToken {
  /** DER of the list of mechanisms; in the first token only. */
  readonly mechTypes?: Buffer;
  readonly token?: Buffer;
  readonly mic?: Buffer;
}

/** What an acceptor answers. */
export interface AcceptorToken {
  /** 0 accept-completed, 1 accept-incomplete, 2 reject, 3 request-mic. */
  readonly state: number;
  /** DER of the chosen mechanism's object identifier. */
  readonly mechanism?: Buffer;
  readonly token?: Buffer;
  readonly mic?: Buffer;
}

/**
 * Reads a token of SPNEGO (RFC 4178 section 4.2).
 *
 * @throws Error when it is none.
 */
export function readInitiatorToken(bytes: Buffer): InitiatorToken {
  const outer = read(bytes);
  if (outer.tag === 0xa1) {
    const fields = fieldsOf(outer.value);
    return { token: fields.get(0xa2), mic: fields.get(0xa3) } as InitiatorToken;
  }
  if (outer.tag !== 0x60 || !outer.value.subarray(0, SPNEGO.length).equals(SPNEGO)) throw new Error('no SPNEGO token');
  const fields = fieldsOf(read(outer.value.subarray(SPNEGO.length)).value);
  return { mechTypes: fields.get(0xa0), token: fields.get(0xa2), mic: fields.get(0xa3) } as InitiatorToken;
}

/** Writes an acceptor's token. */
export function writeAcceptorToken({ state, mechanism, token, mic }: AcceptorToken): Buffer {
  const fields = [
    write(0xa0, write(0x0a, Buffer.of(state))),
    ...(mechanism ? [write(0xa1, mechanism)] : []),
    ...(token ? [write(0xa2, write(0x04, token))] : []),
    ...(mic ? [write(0xa3, write(0x04, mic))] : []),
  ];
  return write(0xa1, write(0x30, Buffer.concat(fields)));
}

/** The fields of a sequence: octet strings as their bytes, everything else as it stands. */
function fieldsOf(sequence: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let rest = read(sequence).value; rest.length > 0; ) {
    const field = read(rest);
    const inner = read(field.value);
    fields.set(field.tag, inner.tag === 0x04 ? inner.value : inner.whole);
    rest = rest.subarray(field.whole.length);
  }
  return fields;
}

function read(bytes: Buffer): Element {
  const [tag, first] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  const extra = first < 0x80 ? 0 : first & 0x7f;
  const length = extra === 0 ? first : bytes.readUIntBE(2, extra);
  const end = 2 + extra + length;
  if (end > bytes.length) throw new Error('an element ends behind its frame');
  return { tag, value: bytes.subarray(2 + extra, end), whole: bytes.subarray(0, end) };
}

function write(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
}
