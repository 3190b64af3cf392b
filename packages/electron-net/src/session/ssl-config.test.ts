import { createSecureContext, getCiphers } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type SSLConfig, SUITES, tlsOptionsOf } from './ssl-config.js';

describe('a TLS configuration', () => {
  test('has Chromium’s versions by default', () => {
    expect(tlsOptionsOf({})).toEqual({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
    expect(tlsOptionsOf({ minVersion: 'tls1.3' })).toMatchObject({ minVersion: 'TLSv1.3' });
    expect(tlsOptionsOf({ maxVersion: 'tls1.2' })).toMatchObject({ maxVersion: 'TLSv1.2' });
  });

  test('leaves suites out that OpenSSL can leave out, and ignores unknown ones', () => {
    const { ciphers } = tlsOptionsOf({ disabledCipherSuites: [0x9c, 0xc02f, 0x1301, 0xffff] });
    expect(ciphers).toMatch(/:!AES128-GCM-SHA256:!ECDHE-RSA-AES128-GCM-SHA256$/);
    expect(() => createSecureContext({ ciphers })).not.toThrow();
    expect(tlsOptionsOf({ disabledCipherSuites: [0xffff] }).ciphers).toBeUndefined();
  });

  test('knows every suite that Node offers to servers with certificates', () => {
    const known = new Set([...SUITES.values()].map((name) => name.toLowerCase()));
    const offered = getCiphers().filter(
      (name) => /^(?:ecdhe|dhe-rsa|aes|aria)/.test(name) && !/psk|camellia|null/.test(name),
    );
    expect(offered.filter((name) => !known.has(name))).toEqual([]);
  });

  test.each<[unknown, string]>([
    [null, 'setSSLConfig needs an object'],
    [{ minVersion: 'tls1' }, '`minVersion` should be tls1.2 or tls1.3'],
    [{ minVersion: 'tls1.3', maxVersion: 'tls1.2' }, '`minVersion` should not be above `maxVersion`'],
    [{ disabledCipherSuites: 0x9c }, '`disabledCipherSuites` should be an array'],
    [{ disabledCipherSuites: [-1] }, '`disabledCipherSuites` should be an array'],
  ])('%j is refused', (config, message) => {
    expect(() => tlsOptionsOf(config as SSLConfig)).toThrow(new RegExp(`^${message.replaceAll('`', '`')}`));
  });
});
