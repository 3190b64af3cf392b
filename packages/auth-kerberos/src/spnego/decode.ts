import {
  type BaseBlock,
  Constructed,
  Enumerated,
  fromBER,
  GeneralString,
  ObjectIdentifier,
  OctetString,
  Sequence,
} from 'asn1js';
import { SpnegoTokenError } from './error.js';
import {
  NEG_STATES,
  type NegHints,
  type NegState,
  type NegTokenInit,
  type NegTokenResp,
  SPNEGO_OID,
  type SpnegoToken,
} from './tokens.js';

const APPLICATION = 2;
const CONTEXT = 3;
/** A token has six levels; a header field does not carry what is longer. */
const LIMITS = { maxDepth: 10, maxNodes: 500, maxContentLength: 1 << 20, parseEmbedded: false };

/**
 * Reads a token.
 *
 * @throws SpnegoTokenError when the bytes are none.
 */
export function decodeSpnego(bytes: Uint8Array): SpnegoToken {
  const outer = parse(bytes);
  if (isTagged(outer, APPLICATION, 0)) return readInitial(outer);
  if (isTagged(outer, CONTEXT, 1)) return readResp(only(outer, 'NegTokenResp'));
  // Some acceptors leave out the frame of GSSAPI when they speak first.
  if (isTagged(outer, CONTEXT, 0)) return readInit(only(outer, 'NegTokenInit'));
  throw new SpnegoTokenError('the token begins neither as NegTokenInit nor as NegTokenResp');
}

function parse(bytes: Uint8Array): BaseBlock {
  let parsed: ReturnType<typeof fromBER>;
  try {
    parsed = fromBER(bytes, LIMITS);
  } catch {
    throw new SpnegoTokenError('the token is not in DER');
  }
  if (parsed.offset === -1) throw new SpnegoTokenError('the token is not in DER');
  if (parsed.offset !== bytes.byteLength) throw new SpnegoTokenError('bytes follow the token');
  return parsed.result;
}

/** The frame of every first token in GSSAPI (RFC 2743 section 3.1). */
function readInitial(outer: Constructed): NegTokenInit {
  const [mechanism, inner, ...more] = outer.valueBlock.value;
  if (!(mechanism instanceof ObjectIdentifier)) throw new SpnegoTokenError('the token does not name its mechanism');
  const oid = mechanism.getValue();
  if (oid !== SPNEGO_OID) throw new SpnegoTokenError(`the token is of mechanism ${oid}, not of SPNEGO`);
  if (inner === undefined || more.length > 0 || !isTagged(inner, CONTEXT, 0)) {
    throw new SpnegoTokenError('the first token holds no NegTokenInit');
  }
  return readInit(only(inner, 'NegTokenInit'));
}

function readInit(sequence: BaseBlock): NegTokenInit {
  const fields = readFields(sequence, 'NegTokenInit', 4);
  const list = fields.get(0);
  if (!isSequence(list)) throw new SpnegoTokenError('NegTokenInit has no list of mechanisms');
  const mechTypes = list.valueBlock.value.map((block) => readOid(block, 'mechTypes'));
  const mechToken = readOctets(fields.get(2), 'mechToken');
  const third = fields.get(3);
  // RFC 4178 has the MIC here; NegTokenInit2 has hints here and the MIC behind them.
  const isSecondVersion = isSequence(third);
  const hints = isSecondVersion ? readHints(third) : undefined;
  const mechListMic = readOctets(fields.get(isSecondVersion ? 4 : 3), 'mechListMIC');
  return { type: 'init', mechTypes, ...dense({ mechToken, mechListMic, hints }) };
}

function readResp(sequence: BaseBlock): NegTokenResp {
  const fields = readFields(sequence, 'NegTokenResp', 3);
  const supported = fields.get(1);
  return {
    type: 'resp',
    ...dense({
      state: readState(fields.get(0)),
      supportedMech: supported && readOid(supported, 'supportedMech'),
      responseToken: readOctets(fields.get(2), 'responseToken'),
      mechListMic: readOctets(fields.get(3), 'mechListMIC'),
    }),
  };
}

function readHints(sequence: Constructed): NegHints {
  const fields = readFields(sequence, 'NegHints', 1);
  const name = fields.get(0);
  if (name !== undefined && !(name instanceof GeneralString)) {
    throw new SpnegoTokenError('hintName is no GeneralString');
  }
  return dense({ name: name?.getValue(), address: readOctets(fields.get(1), 'hintAddress') });
}

/** The fields of a sequence by their tags, which ascend. */
function readFields(sequence: BaseBlock, name: string, last: number): Map<number, BaseBlock> {
  if (!isSequence(sequence)) throw new SpnegoTokenError(`${name} is no sequence`);
  const fields = new Map<number, BaseBlock>();
  let previous = -1;
  for (const field of sequence.valueBlock.value) {
    const { tagClass, tagNumber } = field.idBlock;
    if (tagClass !== CONTEXT || !(field instanceof Constructed) || tagNumber <= previous || tagNumber > last) {
      throw new SpnegoTokenError(`${name} has a field that does not belong there`);
    }
    fields.set(tagNumber, only(field, name));
    previous = tagNumber;
  }
  return fields;
}

function readState(block: BaseBlock | undefined): NegState | undefined {
  if (block === undefined) return undefined;
  const bytes = block instanceof Enumerated ? block.valueBlock.valueHexView : undefined;
  const state = bytes?.length === 1 ? NEG_STATES[bytes[0]!] : undefined;
  if (state === undefined) throw new SpnegoTokenError('negState is none of the four states');
  return state;
}

function readOid(block: BaseBlock, name: string): string {
  if (block instanceof ObjectIdentifier) return block.getValue();
  throw new SpnegoTokenError(`${name} holds something that is no object identifier`);
}

function readOctets(block: BaseBlock | undefined, name: string): Uint8Array | undefined {
  if (block === undefined) return undefined;
  if (!(block instanceof OctetString) || block.idBlock.isConstructed) {
    throw new SpnegoTokenError(`${name} is no octet string`);
  }
  return new Uint8Array(block.valueBlock.valueHexView);
}

/** The one element of an explicit tag. */
function only(tagged: Constructed, name: string): BaseBlock {
  const [first, ...more] = tagged.valueBlock.value;
  if (first === undefined || more.length > 0) {
    throw new SpnegoTokenError(`a tag of ${name} holds ${more.length === 0 ? 'nothing' : 'more than one element'}`);
  }
  return first;
}

function isTagged(block: BaseBlock, tagClass: number, tagNumber: number): block is Constructed {
  return block instanceof Constructed && block.idBlock.tagClass === tagClass && block.idBlock.tagNumber === tagNumber;
}

function isSequence(block: BaseBlock | undefined): block is Sequence {
  return block instanceof Sequence;
}

function dense<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
