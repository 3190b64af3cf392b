const BLOCK = 64;
const LENGTH_FIELD = 8;
/** Which word each step of a round takes, and by how much it rotates (RFC 1320 section 3.4). */
const ROUNDS = [
  { constant: 0, shifts: [3, 7, 11, 19], words: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] },
  { constant: 0x5a827999, shifts: [3, 5, 9, 13], words: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15] },
  { constant: 0x6ed9eba1, shifts: [3, 9, 11, 15], words: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15] },
] as const;
const MIXERS = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z,
] as const;

/**
 * MD4 (RFC 1320), which OpenSSL 3 refuses. Broken as a hash; NTLM defines the hash of a password by it.
 *
 * @returns 16 bytes.
 */
export function md4(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const view = new DataView(padded.buffer);
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let offset = 0; offset < padded.length; offset += BLOCK) addBlock(state, view, offset);
  padded.fill(0);
  const digest = new Uint8Array(16);
  const output = new DataView(digest.buffer);
  state.forEach((word, index) => {
    output.setUint32(index * 4, word, true);
  });
  return digest;
}

/** The message, a one bit, zeros, and the message's length in bits. */
function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 1 + LENGTH_FIELD) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_FIELD, BigInt(message.length) * 8n, true);
  return padded;
}

function addBlock(state: Uint32Array, block: DataView, offset: number): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (const [round, { constant, shifts, words }] of ROUNDS.entries()) {
    const mix = MIXERS[round]!;
    for (const [step, word] of words.entries()) {
      const sum = (a + mix(b, c, d) + block.getUint32(offset + word * 4, true) + constant) | 0;
      const shift = shifts[step % 4]!;
      [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
    }
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}
