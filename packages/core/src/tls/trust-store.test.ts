import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CA, EXPIRED, FUTURE } from '../../test/support/certificates.js';
import { parsePem } from './pem.js';
import { bundledAuthorities, extraAuthorities, systemAuthorities } from './trust-store.js';
import { macosAuthorities, parseKeychainList } from './trust-store-macos.js';
import { unixAuthorities } from './trust-store-unix.js';

const [ca, expired, future] = [CA, EXPIRED, FUTURE].map((pem) => parsePem(pem)[0]);

describe('Unix', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netloom-trust-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('the first bundle that is there is read, and no directory', async () => {
    await writeFile(join(folder, 'second.crt'), `# ours\n${CA}\n${EXPIRED}\n${CA}`);
    await writeFile(join(folder, 'third.crt'), FUTURE);
    const places = {
      bundles: ['first.crt', 'second.crt', 'third.crt'].map((name) => join(folder, name)),
      directories: [folder],
    };
    expect(await unixAuthorities({}, places)).toEqual([ca, expired]);
  });

  test('directories are read where there is no bundle', async () => {
    await mkdir(join(folder, 'sub.pem'));
    await writeFile(join(folder, 'a.pem'), CA);
    await writeFile(join(folder, 'b.0'), EXPIRED);
    await writeFile(join(folder, 'README'), 'nothing here');
    const places = { bundles: [join(folder, 'none')], directories: [join(folder, 'none'), folder] };
    expect(new Set(await unixAuthorities({}, places))).toEqual(new Set([ca, expired]));
  });

  test('SSL_CERT_FILE and SSL_CERT_DIR take the place of the known ones', async () => {
    await mkdir(join(folder, 'one'));
    await mkdir(join(folder, 'two'));
    await writeFile(join(folder, 'bundle'), CA);
    await writeFile(join(folder, 'one', 'a'), EXPIRED);
    await writeFile(join(folder, 'two', 'b'), FUTURE + CA);
    const SSL_CERT_FILE = join(folder, 'bundle');
    const SSL_CERT_DIR = ['one', 'none', 'two'].map((name) => join(folder, name)).join(delimiter);
    expect(await unixAuthorities({ SSL_CERT_FILE, SSL_CERT_DIR })).toEqual([ca, expired, future]);
    expect(await unixAuthorities({ SSL_CERT_FILE })).toEqual([ca]);
    expect(await unixAuthorities({ SSL_CERT_FILE: join(folder, 'none'), SSL_CERT_DIR })).toEqual([expired, future, ca]);
  });
});

describe('macOS', () => {
  test('asks for the keychains of Apple, the system and the user', async () => {
    const asked: string[][] = [];
    const found = await macosAuthorities(async (file, args) => {
      expect(file).toBe('/usr/bin/security');
      asked.push([...args]);
      if (args[0] === 'login-keychain') return '    "/Users/alice/Library/Keychains/login.keychain-db"\n';
      if (args[3]?.includes('SystemRoot')) return CA + EXPIRED;
      if (args[3]?.startsWith('/Users')) return CA + FUTURE;
      throw new Error('security: SecKeychainCopySearchList: not available');
    });
    expect(found).toEqual([ca, expired, future]);
    expect(asked.slice(1)).toEqual([
      ['find-certificate', '-a', '-p', '/System/Library/Keychains/SystemRootCertificates.keychain'],
      ['find-certificate', '-a', '-p', '/Library/Keychains/System.keychain'],
      ['find-certificate', '-a', '-p', '/Users/alice/Library/Keychains/login.keychain-db'],
    ]);
  });

  test('nothing is there', async () => {
    expect(await macosAuthorities(() => Promise.reject(new Error('ENOENT')))).toEqual([]);
    expect(parseKeychainList('')).toEqual([]);
    expect(parseKeychainList('    "/a b/c.keychain"\n"/d"\n')).toEqual(['/a b/c.keychain', '/d']);
  });
});

test('stores are read once', () => {
  expect(systemAuthorities()).toBe(systemAuthorities());
  expect(extraAuthorities()).toBe(extraAuthorities());
  expect(bundledAuthorities()).toBe(bundledAuthorities());
  expect(bundledAuthorities()).toHaveLength(rootCertificates.length);
});
