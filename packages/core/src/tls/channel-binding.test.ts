import { createHash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CA,
  SIGNED_EC_SHA384,
  SIGNED_ED25519,
  SIGNED_PSS_SHA1,
  SIGNED_PSS_SHA384,
  SIGNED_SHA1,
} from '../../test/support/certificates.js';
import { endPointBinding } from './channel-binding.js';
import { DER_TAG, derElements, oidText } from './der.js';

const PREFIX = 'tls-server-end-point:';

/** A structure that has the shape of a certificate, with the given signature algorithm in hex. */
function certificate(algorithm: string): Buffer {
  const sequence = (hex: string) => `30${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`;
  return Buffer.from(sequence(`${sequence('020101')}${sequence(algorithm)}03020000`), 'hex');
}

describe('the hash of a binding', () => {
  test.each([
    ['RSA with SHA-1', SIGNED_SHA1, 'sha256'],
    ['ECDSA with SHA-256', CA, 'sha256'],
    ['ECDSA with SHA-384', SIGNED_EC_SHA384, 'sha384'],
    ['RSA-PSS with SHA-1', SIGNED_PSS_SHA1, 'sha256'],
    ['RSA-PSS with SHA-384', SIGNED_PSS_SHA384, 'sha384'],
  ])('of a real certificate, signed by %s', (_name, pem, hash) => {
    const { raw } = new X509Certificate(pem);
    const binding = endPointBinding(raw);
    expect(binding?.type).toBe('tls-server-end-point');
    expect(Buffer.from(binding!.applicationData)).toEqual(
      Buffer.concat([Buffer.from(PREFIX), createHash(hash).update(raw).digest()]),
    );
  });

  test.each([
    ['MD5', '06092a864886f70d0101040500', 'sha256'],
    ['RSA with SHA-224', '06092a864886f70d01010e0500', 'sha224'],
    ['RSA with SHA-512', '06092a864886f70d01010d0500', 'sha512'],
    ['RSA with SHA-512/256', '06092a864886f70d0101100500', 'sha512-256'],
    ['ECDSA with SHA-1', '06072a8648ce3d0401', 'sha256'],
    ['ECDSA with SHA-512', '06082a8648ce3d040304', 'sha512'],
    ['DSA with SHA-256', '0609608648016503040302', 'sha256'],
  ])('for %s', (_name, algorithm, hash) => {
    const raw = certificate(algorithm);
    const digest = createHash(hash).update(raw).digest('hex');
    expect(Buffer.from(endPointBinding(raw)!.applicationData).subarray(PREFIX.length).toString('hex')).toBe(digest);
  });
});

test.each([
  ['Ed25519', new X509Certificate(SIGNED_ED25519).raw],
  ['an unknown algorithm', certificate('06032a0304')],
  ['RSA-PSS with an unknown hash', certificate('06092a864886f70d01010a3009a007300506032a0304')],
  ['no bytes', Buffer.alloc(0)],
  ['a cut certificate', new X509Certificate(CA).raw.subarray(0, 100)],
])('there is no binding for %s', (_name, raw) => expect(endPointBinding(raw)).toBeUndefined());

test('hostile bytes make no error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      endPointBinding(bytes);
      endPointBinding(certificate(Buffer.from(bytes).toString('hex')));
    }),
  );
});

describe('DER', () => {
  const elements = (hex: string) => [...derElements(Buffer.from(hex, 'hex'))];

  test('elements with short and long lengths', () => {
    expect(elements('0500')).toEqual([{ tag: 5, content: Buffer.alloc(0) }]);
    expect(elements('04810141020107').map(({ content }) => Buffer.from(content).toString('hex'))).toEqual(['41', '07']);
    const [long] = elements(`0482012c${'00'.repeat(300)}`);
    expect(long?.content).toHaveLength(300);
    expect(elements('300306012a')[0]?.tag).toBe(DER_TAG.sequence);
  });

  test.each(['30', '3005', '1f0100', '30800000', '3085ffffffffff', '048400000002ff'])('%s is malformed', (hex) =>
    expect(() => elements(hex)).toThrow(RangeError),
  );

  test.each([
    ['2a864886f70d01010b', '1.2.840.113549.1.1.11'],
    ['2b6570', '1.3.101.112'],
    ['608648016503040201', '2.16.840.1.101.3.4.2.1'],
    ['883703', '2.999.3'],
  ])('the object identifier %s', (hex, text) => expect(oidText(Buffer.from(hex, 'hex'))).toBe(text));
});
