import { createHash, randomBytes } from 'node:crypto';
import { hmacMd5, md4, rc4 } from './ntlm-crypto.js';

/** What a server asks of NTLM, and how it misbehaves. */
export interface NtlmAcceptorOptions {
  /** NetBIOS name of the domain that users belong to. Default `LAB`. */
  readonly domain?: string;
  /** NetBIOS name of the server. Default `SERVER`. */
  readonly computer?: string;
  /** Refuses answers without a MIC over the three messages. Default true; a MIC that is there has to be right anyway. */
  readonly requireMic?: boolean;
  /**
   * What is made of the channel binding on TLS: `ignore` it, `accept` an answer without one but none with a wrong one
   * (the default), or `require` it.
   */
  readonly channelBinding?: 'ignore' | 'accept' | 'require';
  /** Service principal name that answers have to be made for, such as `HTTP/proxy.test`. Default: any. */
  readonly targetName?: string;
  /** Puts the server's clock into the challenge; answers then have to repeat it. Default true. */
  readonly timestamp?: boolean;
  /** Refuses Negotiate messages that are shorter, as some servers do with 40 bytes. Default 16. */
  readonly minNegotiateBytes?: number;
  /** What is wrong with the Challenge message. Default: nothing. */
  readonly challengeFault?: NtlmChallengeFault;
  /** Users whose right password is refused, by why. */
  readonly refused?: Readonly<Record<string, 'locked' | 'expired'>>;
}

/**
 * A Challenge message that is wrong: `malformed` has target information that ends within an attribute, `truncated` ends
 * in its fixed part, `oversize` has 48 KiB of target information, `wrong-type` is a Negotiate message, `not-base64` no
 * token at all.
 */
export type NtlmChallengeFault = 'malformed' | 'truncated' | 'oversize' | 'wrong-type' | 'not-base64';

/** An accepted answer. */
export interface NtlmSession {
  readonly user: string;
  /** The session key, 16 bytes. */
  readonly sessionKey: Buffer;
  readonly flags: number;
}

const UNICODE = 0x1;
const KEY_EXCH = 0x40000000;
const TARGET_INFO = 0x800000;
const TARGET_TYPE_DOMAIN = 0x10000;
/** What is taken of the client's offer: Unicode, target, sign, seal, NTLM, always sign, ESS, version, keys. */
const KNOWN_FLAGS = 0xe2088235;
const VERSION = Buffer.from([6, 3, 0x80, 0x25, 0, 0, 0, 15]);
const MIC_OFFSET = 72;

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const signature = (type: number) => Buffer.concat([Buffer.from('NTLMSSP\0'), uint32(type)]);

/**
 * The server's side of one NTLM sign-in (MS-NLMP 3.2.5.1): takes NTLMv2 and nothing older. Written for the lab after the
 * specification, apart from the client that it judges.
 */
export class NtlmAcceptor {
  /** The nonce of the challenge. */
  readonly nonce: Buffer;
  readonly #options: NtlmAcceptorOptions;
  readonly #time = Buffer.alloc(8);
  #negotiate: Buffer = Buffer.alloc(0);
  #challenge: Buffer = Buffer.alloc(0);

  constructor(options: NtlmAcceptorOptions = {}) {
    this.#options = options;
    this.nonce = randomBytes(8);
    this.#time.writeBigUInt64LE(BigInt(Date.now() + 11_644_473_600_000) * 10_000n);
  }

  /**
   * Answers a Negotiate message.
   *
   * @returns the Challenge message.
   * @throws Error with the reason when the message is refused.
   */
  challenge(negotiate: Buffer): Buffer {
    const { minNegotiateBytes = 16, domain = 'LAB' } = this.#options;
    if (negotiate.length < minNegotiateBytes) throw new Error(`Negotiate message of ${negotiate.length} bytes`);
    if (!negotiate.subarray(0, 12).equals(signature(1))) throw new Error('no Negotiate message');
    this.#negotiate = negotiate;
    const flags = (negotiate.readUInt32LE(12) & KNOWN_FLAGS) | TARGET_INFO | TARGET_TYPE_DOMAIN;
    const name = utf16(domain);
    const info = this.#targetInfo();
    this.#challenge = Buffer.concat([
      signature(2),
      pointer(name.length, 56),
      uint32(flags),
      this.nonce,
      Buffer.alloc(8),
      pointer(info.length, 56 + name.length),
      VERSION,
      name,
      info,
    ]);
    return this.#spoil(this.#challenge);
  }

  /**
   * Judges an Authenticate message.
   *
   * @param certificate - DER of the server's certificate, on TLS.
   * @throws Error with the reason when the answer is refused.
   */
  accept(message: Buffer, users: Readonly<Record<string, string>>, certificate?: Buffer): NtlmSession {
    if (!message.subarray(0, 12).equals(signature(3))) throw new Error('no Authenticate message');
    const [lm, nt, domain, name, key] = [
      field(message, 12),
      field(message, 20),
      field(message, 28),
      field(message, 36),
      field(message, 52),
    ] as const;
    const flags = message.readUInt32LE(60);
    if ((flags & UNICODE) === 0) throw new Error('names are not in Unicode');
    if (nt.length < 48) throw new Error(`response of ${nt.length} bytes is no NTLMv2`);
    if (lm.some((byte) => byte !== 0)) throw new Error('LM response beside an NTLMv2 response');
    const account = this.#account(name.toString('utf16le'), domain.toString('utf16le'), users);

    const ownerKey = hmacMd5(md4(utf16(account.password)), utf16(name.toString('utf16le').toUpperCase()), domain);
    const [proof, blob] = [nt.subarray(0, 16), nt.subarray(16)];
    if (!hmacMd5(ownerKey, this.nonce, blob).equals(proof)) throw new Error('wrong password');
    const why = this.#options.refused?.[account.user];
    if (why !== undefined) throw new Error(`account is ${why}`);

    const baseKey = hmacMd5(ownerKey, proof);
    const sessionKey = (flags & KEY_EXCH) === 0 ? baseKey : rc4(baseKey, key);
    this.#checkBlob(blob, message, sessionKey, certificate);
    return { user: account.user, sessionKey, flags };
  }

  #account(name: string, domain: string, users: Readonly<Record<string, string>>) {
    const own = this.#options.domain ?? 'LAB';
    const [plain = '', realm] = domain === '' ? name.split('@') : [name];
    const belongs = domain === '' || domain.toUpperCase() === own.toUpperCase();
    const user = Object.keys(users).find((known) => known.toUpperCase() === plain.toUpperCase());
    if (!belongs || user === undefined) throw new Error(`unknown user${realm === undefined ? '' : ' of a realm'}`);
    return { user, password: users[user]! };
  }

  #checkBlob(blob: Buffer, message: Buffer, sessionKey: Buffer, certificate: Buffer | undefined): void {
    const { requireMic = true, channelBinding = 'accept', targetName, timestamp = true } = this.#options;
    const info = attributes(blob.subarray(28));
    if (timestamp && !this.#time.equals(blob.subarray(8, 16))) throw new Error("time is not the server's");
    if (targetName !== undefined && info.get(9)?.toString('utf16le') !== targetName) {
      throw new Error(`made for ${info.get(9)?.toString('utf16le')}, not for ${targetName}`);
    }
    if (certificate !== undefined && channelBinding !== 'ignore') {
      const given = info.get(10) ?? Buffer.alloc(16);
      const bound = given.some((byte) => byte !== 0);
      if (!bound && channelBinding === 'require') throw new Error('no channel binding');
      if (bound && !given.equals(bindingHash(certificate))) throw new Error('wrong channel binding');
    }
    const hasMic = ((info.get(6)?.readUInt32LE() ?? 0) & 2) !== 0;
    if (!hasMic && requireMic) throw new Error('no MIC');
    if (hasMic) {
      const zeroed = Buffer.from(message).fill(0, MIC_OFFSET, MIC_OFFSET + 16);
      const mic = hmacMd5(sessionKey, this.#negotiate, this.#challenge, zeroed);
      if (!mic.equals(message.subarray(MIC_OFFSET, MIC_OFFSET + 16))) throw new Error('wrong MIC');
    }
  }

  #targetInfo(): Buffer {
    const { domain = 'LAB', computer = 'SERVER', timestamp = true, challengeFault } = this.#options;
    const pairs = [attribute(2, utf16(domain)), attribute(1, utf16(computer))];
    if (timestamp) pairs.push(attribute(7, this.#time));
    if (challengeFault === 'oversize') pairs.push(attribute(99, Buffer.alloc(48 * 1024)));
    if (challengeFault === 'malformed') return Buffer.concat([...pairs, attribute(4, utf16('x')).subarray(0, 5)]);
    return Buffer.concat([...pairs, attribute(0, Buffer.alloc(0))]);
  }

  #spoil(challenge: Buffer): Buffer {
    const { challengeFault } = this.#options;
    if (challengeFault === 'truncated') return challenge.subarray(0, 30);
    return challengeFault === 'wrong-type' ? this.#negotiate : challenge;
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function pointer(length: number, offset: number): Buffer {
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(length, 0);
  lengths.writeUInt16LE(length, 2);
  return Buffer.concat([lengths, uint32(offset)]);
}

function field(message: Buffer, at: number): Buffer {
  const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
  if (offset + length > message.length) throw new Error(`field at ${at} ends behind the message`);
  return message.subarray(offset, offset + length);
}

function attribute(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

function attributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; ; ) {
    const [id, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (id === 0) return found;
    found.set(id, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

/** Object identifiers (DER, hex) of signature algorithms whose hash is not SHA-256. */
const LONGER_HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** The binding to a certificate: hashed as its signature is, then as MS-NLMP 3.1.5.1.2 demands. */
function bindingHash(certificate: Buffer): Buffer {
  const oid = Object.keys(LONGER_HASHES).find((hex) => certificate.includes(Buffer.from(hex, 'hex')));
  const hash = createHash(oid === undefined ? 'sha256' : LONGER_HASHES[oid]!);
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), hash.update(certificate).digest()]);
  return createHash('md5')
    .update(Buffer.concat([Buffer.alloc(16), uint32(data.length), data]))
    .digest();
}
