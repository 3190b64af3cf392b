import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { CA, EXPIRED, LEAF_KEY } from '../../test/support/certificates.js';
import { certificatesOf, derOf, parsePem } from './pem.js';

describe('PEM', () => {
  test('certificates are found among other things, in one spelling', () => {
    const messy = `# a comment\r\n${CA.replaceAll('\n', '\r\n')}\n${LEAF_KEY}\nsubject=…\n  ${EXPIRED.replace(/\n(?=M)/, '\n\n')}`;
    expect(parsePem(messy)).toEqual(parsePem(CA + EXPIRED));
    expect(parsePem(messy)).toHaveLength(2);
    expect(parsePem(CA.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'))).toEqual(parsePem(CA));
  });

  test('blocks of other kinds and broken ones are passed over', () => {
    expect(parsePem(CA.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'))).toEqual([]);
    expect(parsePem(CA.slice(0, -30) + EXPIRED)).toEqual(parsePem(EXPIRED));
    expect(parsePem('')).toEqual([]);
    expect(parsePem('-----BEGIN CERTIFICATE-----'.repeat(1000))).toEqual([]);
  });

  test('the certificates stay what they are', () => {
    const parsed = parsePem(rootCertificates.join('\n'));
    expect(parsed).toHaveLength(rootCertificates.length);
    for (const [i, pem] of rootCertificates.entries()) {
      expect(derOf(parsed[i]!).equals(new X509Certificate(pem).raw)).toBe(true);
    }
  });
});

test('certificates from text, bytes of text and DER', () => {
  const { raw } = new X509Certificate(CA);
  const expected = parsePem(CA);
  expect(certificatesOf(CA)).toEqual(expected);
  expect(certificatesOf(Buffer.from(CA))).toEqual(expected);
  expect(certificatesOf(raw)).toEqual(expected);
  expect(certificatesOf(new Uint8Array(raw))).toEqual(expected);
  expect(derOf(expected[0]!)).toEqual(raw);
  expect(certificatesOf('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toEqual([]);
  expect(certificatesOf(Buffer.from('rubbish'))).toEqual([]);
  expect(certificatesOf(LEAF_KEY)).toEqual([]);
});
