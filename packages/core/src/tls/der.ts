/** One element of DER (ITU-T X.690): its tag byte and its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags that certificates use. */
export const DER_TAG = { oid: 0x06, sequence: 0x30, context0: 0xa0 } as const;

/**
 * The elements that follow each other in `bytes`. Handles what certificates hold: tags of one byte and definite lengths
 * up to 2³² − 1.
 *
 * @throws RangeError when a length goes beyond the end, or an element is of a kind that is not handled.
 */
export function* derElements(bytes: Uint8Array): Generator<DerElement> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    const first = bytes[at + 1];
    if ((tag & 0x1f) === 0x1f || first === undefined) throw new RangeError('malformed DER');
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || lengthBytes > 4) throw new RangeError('malformed DER length');
    const start = at + 2 + lengthBytes;
    let length = first & 0x7f;
    if (lengthBytes > 0) length = bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (start + length > bytes.length) throw new RangeError('DER element beyond the end');
    yield { tag, content: bytes.subarray(start, start + length) };
    at = start + length;
  }
}

/** The dotted form of an object identifier's content. */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - Math.min(Math.floor(arc / 40), 2) * 40);
      else arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}
