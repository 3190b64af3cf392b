const MAGIC_1 = 0x1f;
const MAGIC_2 = 0x8b;
const DEFLATE = 8;
const FIXED_BYTES = 10;
const FLAG_HCRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const RESERVED_FLAGS = 0xe0;

/**
 * Length of the header that a gzip member begins with (RFC 1952 section 2.3): `more` while it is not there whole,
 * `invalid` when this is not the beginning of a member.
 */
export function gzipHeaderLength(bytes: Uint8Array): number | 'more' | 'invalid' {
  if (bytes.length > 0 && bytes[0] !== MAGIC_1) return 'invalid';
  if (bytes.length > 1 && bytes[1] !== MAGIC_2) return 'invalid';
  if (bytes.length > 2 && bytes[2] !== DEFLATE) return 'invalid';
  if (bytes.length < FIXED_BYTES) return 'more';
  const flags = bytes[3] as number;
  if ((flags & RESERVED_FLAGS) !== 0) return 'invalid';
  let end = FIXED_BYTES;
  if ((flags & FLAG_EXTRA) !== 0) {
    if (bytes.length < end + 2) return 'more';
    end += 2 + ((bytes[end] as number) | ((bytes[end + 1] as number) << 8));
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, end);
    if (zero === -1) return 'more';
    end = zero + 1;
  }
  if ((flags & FLAG_HCRC) !== 0) end += 2;
  return bytes.length < end ? 'more' : end;
}
