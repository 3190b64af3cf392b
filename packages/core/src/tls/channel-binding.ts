import { createHash } from 'node:crypto';
import type { ChannelBinding } from '@netloom/contracts';
import { DER_TAG, derElements, oidText } from './der.js';

/**
 * The `tls-server-end-point` channel binding of a certificate in DER (RFC 5929 section 4.1): its hash by the hash
 * function of its own signature, SHA-256 in place of MD5 and SHA-1. Undefined where the signature uses no single hash
 * function (Ed25519) or one that is not known here.
 */
export function endPointBinding(certificate: Uint8Array): ChannelBinding | undefined {
  const hash = bindingHash(certificate);
  if (hash === undefined) return undefined;
  const digest = createHash(hash).update(certificate).digest();
  return { type: 'tls-server-end-point', applicationData: Buffer.concat([PREFIX, digest]) };
}

const PREFIX = Buffer.from('tls-server-end-point:');

/** Name of the hash function as node:crypto knows it. */
function bindingHash(certificate: Uint8Array): string | undefined {
  try {
    const [whole] = derElements(certificate);
    const [, algorithm] = derElements(whole!.content); // tbsCertificate, signatureAlgorithm, signature
    const [oid, parameters] = derElements(algorithm!.content);
    const name = oidText(oid!.content);
    return name === RSA_PSS ? pssHash(parameters?.content ?? new Uint8Array()) : SIGNATURE_HASHES.get(name);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined; // hostile or unknown DER
    throw error;
  }
}

/** RFC 4055 section 3.1: `[0] hashAlgorithm`, SHA-1 by default. */
function pssHash(parameters: Uint8Array): string | undefined {
  for (const { tag, content } of derElements(parameters)) {
    if (tag !== DER_TAG.context0) continue;
    const [algorithm] = derElements(content);
    const [oid] = derElements(algorithm!.content);
    return HASHES.get(oidText(oid!.content));
  }
  return 'sha256';
}

const RSA_PSS = '1.2.840.113549.1.1.10';

const SIGNATURE_HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'sha256'], // md5WithRSAEncryption
  ['1.2.840.113549.1.1.5', 'sha256'], // sha1WithRSAEncryption
  ['1.2.840.113549.1.1.14', 'sha224'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.113549.1.1.15', 'sha512-224'],
  ['1.2.840.113549.1.1.16', 'sha512-256'],
  ['1.2.840.10040.4.3', 'sha256'], // dsa-with-sha1
  ['2.16.840.1.101.3.4.3.1', 'sha224'], // dsa-with-…
  ['2.16.840.1.101.3.4.3.2', 'sha256'],
  ['1.2.840.10045.4.1', 'sha256'], // ecdsa-with-SHA1
  ['1.2.840.10045.4.3.1', 'sha224'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);

const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.5', 'sha256'], // md5
  ['1.3.14.3.2.26', 'sha256'], // sha1
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
  ['2.16.840.1.101.3.4.2.5', 'sha512-224'],
  ['2.16.840.1.101.3.4.2.6', 'sha512-256'],
]);
