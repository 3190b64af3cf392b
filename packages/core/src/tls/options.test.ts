import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CA, EXPIRED, LEAF_KEY } from '../../test/support/certificates.js';
import type { TlsOptions } from './options.js';
import { TlsProfile } from './profile.js';

describe('options that cannot be used are refused at once', () => {
  test.each<[string, object, RegExp]>([
    ['an unknown trust', { trust: 'everybody' }, /tls\.origin\.trust must be 'system', 'bundled' or 'none'/],
    ['no trust at all', { trust: 'none' }, /tls\.origin\.ca must name at least one authority/],
    ['a ca that is a path', { ca: '/etc/ssl/ca.pem' }, /tls\.origin\.ca must hold certificates in PEM or DER/],
    ['a ca that is a key', { ca: [CA, LEAF_KEY] }, /tls\.origin\.ca must hold certificates/],
    ['a ca of a wrong type', { ca: 5 }, /tls\.origin\.ca must be/],
    ['a ca with a wrong member', { ca: [CA, 5] }, /tls\.origin\.ca must be/],
    ['a verify that is no function', { verify: true }, /tls\.origin\.verify must be a function/],
    ['an empty server name', { serverName: '' }, /tls\.origin\.serverName must be a host name/],
    ['a key that is none', { cert: EXPIRED, key: 'rubbish' }, /tls\.origin cannot be used: /],
    ['a key of another certificate', { cert: CA, key: LEAF_KEY }, /tls\.origin cannot be used: .*key values mismatch/],
    ['unknown ciphers', { ciphers: 'NO-SUCH-CIPHER' }, /tls\.origin cannot be used: /],
    ['an unknown version', { minVersion: 'SSLv2' }, /tls\.origin cannot be used: /],
    ['a misspelt option', { rejectUnauthorized: false }, /tls\.origin\.rejectUnauthorized is no TLS option/],
    ['no object', 'insecure' as never, /tls\.origin must be an object/],
  ])('%s', (_name, options, message) => {
    const make = () => new TlsProfile(options as TlsOptions, 'tls.origin');
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test('without telling the passphrase', () => {
    try {
      new TlsProfile({ pfx: Buffer.from('rubbish'), passphrase: 'open sesame' }, 'tls.proxy');
      expect.fail('nothing was thrown');
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain('sesame');
    }
  });
});

describe('a profile', () => {
  const fingerprint = new X509Certificate(CA).fingerprint256;

  test('makes its context once', async () => {
    const profile = new TlsProfile({ trust: 'none', ca: CA }, 'tls.origin');
    expect(profile.context()).toBe(profile.context());
    await profile.context();
  });

  test('shares the context of options without material of their own', async () => {
    const one = new TlsProfile({ trust: 'bundled', verify: () => true }, 'tls.origin');
    const other = new TlsProfile({ trust: 'bundled', serverName: 'a.test' }, 'tls.proxy');
    const different = new TlsProfile({ trust: 'bundled', minVersion: 'TLSv1.3' }, 'tls.proxy');
    expect(await one.context()).toBe(await other.context());
    expect(await one.context()).not.toBe(await different.context());
  });

  test.each([
    ['text', CA],
    ['bytes', Buffer.from(CA)],
    ['DER', new Uint8Array(new X509Certificate(CA).raw)],
    ['a list', [EXPIRED, CA]],
  ])('trusts what is given as %s', async (_name, ca) => {
    const anchors = await new TlsProfile({ trust: 'none', ca }, 'tls.origin').anchors();
    expect(anchors).toContain(fingerprint);
    expect(anchors.size).toBeLessThan(3);
  });

  test("trusts it in addition to Node's own and the system's", async () => {
    const bundled = await new TlsProfile({ trust: 'bundled' }, 'tls.origin').anchors();
    const more = await new TlsProfile({ trust: 'bundled', ca: CA }, 'tls.origin').anchors();
    const system = await new TlsProfile({}, 'tls.origin').anchors();
    expect(bundled.size).toBeGreaterThan(50);
    expect(more).toEqual(new Set([...bundled, fingerprint]));
    expect([...bundled].every((anchor) => system.has(anchor))).toBe(true);
  });
});
