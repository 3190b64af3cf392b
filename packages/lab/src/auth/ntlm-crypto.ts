import { createHmac } from 'node:crypto';

/** HMAC-MD5 of the parts joined. */
export function hmacMd5(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  return createHmac('md5', key).update(Buffer.concat(parts)).digest();
}

const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));

/** MD4 (RFC 1320), written after its reference text: 16 operations of each of three functions for each block. */
export function md4(message: Buffer): Buffer {
  const zeros = (119 - (message.length % 64)) % 64;
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(BigInt(message.length * 8));
  const padded = Buffer.concat([message, Buffer.of(0x80), Buffer.alloc(zeros), bits]);
  let [a, b, c, d] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let start = 0; start < padded.length; start += 64) {
    const x = (index: number) => padded.readInt32LE(start + index * 4);
    const [aa, bb, cc, dd] = [a, b, c, d];
    const f = (p: number, q: number, r: number, s: number, k: number, by: number) =>
      rotate((p + ((q & r) | (~q & s)) + x(k)) | 0, by);
    const g = (p: number, q: number, r: number, s: number, k: number, by: number) =>
      rotate((p + ((q & r) | (q & s) | (r & s)) + x(k) + 0x5a827999) | 0, by);
    const h = (p: number, q: number, r: number, s: number, k: number, by: number) =>
      rotate((p + (q ^ r ^ s) + x(k) + 0x6ed9eba1) | 0, by);
    for (const k of [0, 4, 8, 12]) {
      a = f(a, b, c, d, k, 3);
      d = f(d, a, b, c, k + 1, 7);
      c = f(c, d, a, b, k + 2, 11);
      b = f(b, c, d, a, k + 3, 19);
    }
    for (const k of [0, 1, 2, 3]) {
      a = g(a, b, c, d, k, 3);
      d = g(d, a, b, c, k + 4, 5);
      c = g(c, d, a, b, k + 8, 9);
      b = g(b, c, d, a, k + 12, 13);
    }
    for (const k of [0, 2, 1, 3]) {
      a = h(a, b, c, d, k, 3);
      d = h(d, a, b, c, k + 8, 9);
      c = h(c, d, a, b, k + 4, 11);
      b = h(b, c, d, a, k + 12, 15);
    }
    [a, b, c, d] = [(a + aa) | 0, (b + bb) | 0, (c + cc) | 0, (d + dd) | 0];
  }
  const digest = Buffer.alloc(16);
  for (const [index, word] of [a, b, c, d].entries()) digest.writeInt32LE(word, index * 4);
  return digest;
}

/** Encrypts or decrypts with RC4 from the start of its key stream. */
export function rc4(key: Buffer, data: Buffer): Buffer {
  const s = [...Array(256).keys()];
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + s[i]! + key[i % key.length]!) % 256;
    [s[i], s[j]] = [s[j]!, s[i]!];
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    [...data].map((byte) => {
      i = (i + 1) % 256;
      j = (j + s[i]!) % 256;
      [s[i], s[j]] = [s[j]!, s[i]!];
      return byte ^ s[(s[i]! + s[j]!) % 256]!;
    }),
  );
}
