import { hmacMd5 } from '../crypto/digest.js';
import { md4 } from '../crypto/md4.js';
import type { Account } from './account.js';

/** The NT hash of a password: NTOWFv1 (MS-NLMP 3.3.1). 16 bytes that are worth as much as the password. */
export function ntHash(password: string): Uint8Array {
  const bytes = Buffer.from(password, 'utf16le');
  const hash = md4(bytes);
  bytes.fill(0);
  return hash;
}

/** The key of an account's responses: NTOWFv2 (MS-NLMP 3.3.2). */
export function responseKey(hash: Uint8Array, { username, domain }: Account): Uint8Array {
  return hmacMd5(hash, Buffer.from(upperCase(username) + domain, 'utf16le'));
}

/** What the client adds to the server's challenge. */
export interface ClientBlob {
  /** FILETIME: the server's where it gave one, else the client's. */
  readonly timestamp: bigint;
  /** Eight random bytes. */
  readonly clientChallenge: Uint8Array;
  /** Encoded target information. */
  readonly targetInfo: Uint8Array;
}

const PADDING = new Uint8Array(4);

/** The fixed part of the client's blob, before the target information (MS-NLMP 2.2.2.7). */
export function blobHeader({ timestamp, clientChallenge }: Omit<ClientBlob, 'targetInfo'>): Uint8Array {
  const header = Buffer.alloc(28);
  header.writeUInt8(1, 0);
  header.writeUInt8(1, 1);
  header.writeBigUInt64LE(timestamp, 8);
  header.set(clientChallenge, 16);
  return header;
}

/** An NTLMv2 response, and the session key that follows from it. */
export interface Ntlmv2Response {
  /** Proof, followed by the blob: the NT response of the Authenticate message. */
  readonly ntResponse: Uint8Array;
  readonly sessionBaseKey: Uint8Array;
}

/** The NTLMv2 response (MS-NLMP 3.3.2). */
export function ntlmv2Response(key: Uint8Array, serverChallenge: Uint8Array, blob: ClientBlob): Ntlmv2Response {
  const bytes = Buffer.concat([blobHeader(blob), blob.targetInfo, PADDING]);
  const proof = hmacMd5(key, serverChallenge, bytes);
  return { ntResponse: new Uint8Array(Buffer.concat([proof, bytes])), sessionBaseKey: sessionBaseKey(key, proof) };
}

/** The key that the session's key is made of, or encrypted by. */
export function sessionBaseKey(key: Uint8Array, proof: Uint8Array): Uint8Array {
  return hmacMd5(key, proof);
}

/**
 * Upper case as Windows knows it: unit by unit, so that the length stays (`ß` is not `SS`), and never from a letter
 * outside ASCII to one inside (`ı` is not `I`).
 */
function upperCase(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text[index]!;
    const upper = unit.toUpperCase();
    return upper.length > 1 || (unit > '\x7f' && upper <= '\x7f') ? unit : upper;
  }).join('');
}
