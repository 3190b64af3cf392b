import { type AsnType, Constructed, Enumerated, GeneralString, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { NEG_STATES, type NegHints, type NegTokenInit, type NegTokenResp, SPNEGO_OID } from './tokens.js';

const APPLICATION = 2;
const CONTEXT = 3;

/** Writes a first token, in the frame of GSSAPI. One with hints becomes a NegTokenInit2. */
export function encodeInit({ mechTypes, mechToken, mechListMic, hints }: Omit<NegTokenInit, 'type'>): Uint8Array {
  const micTag = hints === undefined ? 3 : 4;
  const fields = [
    explicit(0, mechTypeList(mechTypes)),
    ...optional(2, mechToken, octets),
    ...optional(3, hints, hintsOf),
    ...optional(micTag, mechListMic, octets),
  ];
  const init = explicit(0, sequence(fields));
  const frame = new Constructed({
    idBlock: { tagClass: APPLICATION, tagNumber: 0 },
    value: [new ObjectIdentifier({ value: SPNEGO_OID }), init],
  });
  return der(frame);
}

/** Writes a later token. */
export function encodeResp({
  state,
  supportedMech,
  responseToken,
  mechListMic,
}: Omit<NegTokenResp, 'type'>): Uint8Array {
  const fields = [
    ...optional(0, state, (value) => new Enumerated({ value: NEG_STATES.indexOf(value) })),
    ...optional(1, supportedMech, (value) => new ObjectIdentifier({ value })),
    ...optional(2, responseToken, octets),
    ...optional(3, mechListMic, octets),
  ];
  return der(explicit(1, sequence(fields)));
}

/** The list of mechanisms as the MIC covers it (RFC 4178 section 5). */
export function encodeMechTypes(mechTypes: readonly string[]): Uint8Array {
  return der(mechTypeList(mechTypes));
}

function mechTypeList(mechTypes: readonly string[]): Sequence {
  return sequence(mechTypes.map((value) => new ObjectIdentifier({ value })));
}

function hintsOf({ name, address }: NegHints): Sequence {
  return sequence([...optional(0, name, (value) => new GeneralString({ value })), ...optional(1, address, octets)]);
}

function optional<T>(tag: number, value: T | undefined, block: (value: T) => AsnType): Constructed[] {
  return value === undefined ? [] : [explicit(tag, block(value))];
}

function explicit(tagNumber: number, value: AsnType): Constructed {
  return new Constructed({ idBlock: { tagClass: CONTEXT, tagNumber }, value: [value] });
}

function sequence(value: AsnType[]): Sequence {
  return new Sequence({ value });
}

function octets(valueHex: Uint8Array): OctetString {
  return new OctetString({ valueHex: new Uint8Array(valueHex) });
}

function der(block: AsnType): Uint8Array {
  return new Uint8Array(block.toBER());
}
