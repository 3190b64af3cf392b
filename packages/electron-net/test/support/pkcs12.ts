import { createHash, createHmac, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';

/*
 * PKCS #12 (RFC 7292) in its simplest form: key and certificate in the clear, and a MAC by which the password is known.
 */

const DATA = '1.2.840.113549.1.7.1';
const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const CERT_BAG = '1.2.840.113549.1.12.10.1.3';
const X509 = '1.2.840.113549.1.9.22.1';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const ITERATIONS = 1000;

/** A file with a certificate and, unless it is left out, its key. */
export function pkcs12({ cert, key }: { cert: string; key?: string }, password: string): Buffer {
  const bags = [bag(CERT_BAG, sequence(oid(X509), explicit(octets(new X509Certificate(cert).raw))))];
  if (key !== undefined) bags.push(bag(KEY_BAG, createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })));
  const safe = sequence(data(sequence(...bags)));
  const salt = randomBytes(8);
  const mac = createHmac('sha256', macKey(password, salt)).update(safe).digest();
  const digest = sequence(sequence(oid(SHA256), der(0x05)), octets(mac));
  return sequence(integer(3), data(safe), sequence(digest, octets(salt), integer(ITERATIONS)));
}

/** RFC 7292, appendix B, for one block of SHA-256. */
function macKey(password: string, salt: Buffer): Buffer {
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const filled = (bytes: Buffer) => Buffer.alloc(64 * Math.ceil(bytes.length / 64), bytes);
  let key = Buffer.concat([Buffer.alloc(64, 3), filled(salt), filled(text)]);
  for (let round = 0; round < ITERATIONS; round++) key = createHash('sha256').update(key).digest();
  return key;
}

function bag(type: string, value: Buffer): Buffer {
  return sequence(oid(type), explicit(value));
}

function data(content: Buffer): Buffer {
  return sequence(oid(DATA), explicit(octets(content)));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function integer(value: number): Buffer {
  return der(0x02, value < 0x80 ? Buffer.from([value]) : Buffer.from([value >> 8, value & 0xff]));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

const octets = (bytes: Buffer) => der(0x04, bytes);
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const explicit = (content: Buffer) => der(0xa0, content);
