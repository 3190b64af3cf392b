import { DEFAULT_CIPHERS } from 'node:tls';
import type { TlsOptions } from '@netloom/core';

/** What {@link Session.setSSLConfig} takes. */
export interface SSLConfig {
  /** Lowest version of TLS. Default `tls1.2`. */
  minVersion?: 'tls1.2' | 'tls1.3';
  /** Highest version of TLS. Default `tls1.3`. */
  maxVersion?: 'tls1.2' | 'tls1.3';
  /**
   * Cipher suites not to be used, by their numbers in IANA's registry, such as 0x9c. Those of TLS 1.3 cannot be switched
   * off; unknown numbers are ignored.
   */
  disabledCipherSuites?: number[];
}

const VERSIONS = { 'tls1.2': 'TLSv1.2', 'tls1.3': 'TLSv1.3' } as const;

/**
 * The TLS options that a configuration means.
 *
 * @throws TypeError for a version or a suite that is none, and for an empty range of versions.
 */
export function tlsOptionsOf(config: SSLConfig): TlsOptions {
  if (typeof config !== 'object' || config === null) throw new TypeError('setSSLConfig needs an object');
  const { disabledCipherSuites = [] } = config;
  const minVersion = versionOf(config, 'minVersion', 'tls1.2');
  const maxVersion = versionOf(config, 'maxVersion', 'tls1.3');
  if (minVersion > maxVersion) throw new TypeError('`minVersion` should not be above `maxVersion`');
  if (!Array.isArray(disabledCipherSuites) || !disabledCipherSuites.every(isSuite)) {
    throw new TypeError('`disabledCipherSuites` should be an array of numbers from 0 to 0xffff');
  }
  const names = disabledCipherSuites.map((suite) => SUITES.get(suite)).filter((name) => name !== undefined);
  return {
    minVersion,
    maxVersion,
    ...(names.length === 0 ? {} : { ciphers: [DEFAULT_CIPHERS, ...names.map((name) => `!${name}`)].join(':') }),
  };
}

function versionOf(config: SSLConfig, name: 'minVersion' | 'maxVersion', otherwise: keyof typeof VERSIONS) {
  const version = config[name] ?? otherwise;
  if (!Object.hasOwn(VERSIONS, version)) throw new TypeError(`\`${name}\` should be tls1.2 or tls1.3`);
  return VERSIONS[version];
}

function isSuite(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff;
}

/** @internal OpenSSL's names of the suites before TLS 1.3 that Node offers, by IANA's numbers. */
export const SUITES: ReadonlyMap<number, string> = new Map([
  [0x002f, 'AES128-SHA'],
  [0x0033, 'DHE-RSA-AES128-SHA'],
  [0x0035, 'AES256-SHA'],
  [0x0039, 'DHE-RSA-AES256-SHA'],
  [0x003c, 'AES128-SHA256'],
  [0x003d, 'AES256-SHA256'],
  [0x0067, 'DHE-RSA-AES128-SHA256'],
  [0x006b, 'DHE-RSA-AES256-SHA256'],
  [0x009c, 'AES128-GCM-SHA256'],
  [0x009d, 'AES256-GCM-SHA384'],
  [0x009e, 'DHE-RSA-AES128-GCM-SHA256'],
  [0x009f, 'DHE-RSA-AES256-GCM-SHA384'],
  [0xc009, 'ECDHE-ECDSA-AES128-SHA'],
  [0xc00a, 'ECDHE-ECDSA-AES256-SHA'],
  [0xc013, 'ECDHE-RSA-AES128-SHA'],
  [0xc014, 'ECDHE-RSA-AES256-SHA'],
  [0xc023, 'ECDHE-ECDSA-AES128-SHA256'],
  [0xc024, 'ECDHE-ECDSA-AES256-SHA384'],
  [0xc027, 'ECDHE-RSA-AES128-SHA256'],
  [0xc028, 'ECDHE-RSA-AES256-SHA384'],
  [0xc02b, 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  [0xc02c, 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  [0xc02f, 'ECDHE-RSA-AES128-GCM-SHA256'],
  [0xc030, 'ECDHE-RSA-AES256-GCM-SHA384'],
  [0xc050, 'ARIA128-GCM-SHA256'],
  [0xc051, 'ARIA256-GCM-SHA384'],
  [0xc052, 'DHE-RSA-ARIA128-GCM-SHA256'],
  [0xc053, 'DHE-RSA-ARIA256-GCM-SHA384'],
  [0xc05c, 'ECDHE-ECDSA-ARIA128-GCM-SHA256'],
  [0xc05d, 'ECDHE-ECDSA-ARIA256-GCM-SHA384'],
  [0xc060, 'ECDHE-ARIA128-GCM-SHA256'],
  [0xc061, 'ECDHE-ARIA256-GCM-SHA384'],
  [0xc09c, 'AES128-CCM'],
  [0xc09d, 'AES256-CCM'],
  [0xc09e, 'DHE-RSA-AES128-CCM'],
  [0xc09f, 'DHE-RSA-AES256-CCM'],
  [0xc0a0, 'AES128-CCM8'],
  [0xc0a1, 'AES256-CCM8'],
  [0xc0a2, 'DHE-RSA-AES128-CCM8'],
  [0xc0a3, 'DHE-RSA-AES256-CCM8'],
  [0xc0ac, 'ECDHE-ECDSA-AES128-CCM'],
  [0xc0ad, 'ECDHE-ECDSA-AES256-CCM'],
  [0xc0ae, 'ECDHE-ECDSA-AES128-CCM8'],
  [0xc0af, 'ECDHE-ECDSA-AES256-CCM8'],
  [0xcca8, 'ECDHE-RSA-CHACHA20-POLY1305'],
  [0xcca9, 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  [0xccaa, 'DHE-RSA-CHACHA20-POLY1305'],
]);
