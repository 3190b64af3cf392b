import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import type { AuthTarget, CertificateFacts, NetErrorCode } from '@netloom/contracts';
import { certificatesOf } from './pem.js';

/** What a {@link TlsOptions.verify} callback judges. */
export interface CertificateCheck {
  /** The peer as it was asked for: host name or address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the peer is the origin server or the HTTPS proxy. */
  readonly target: AuthTarget;
  /** The peer's own certificate. */
  readonly certificate: CertificateFacts;
  /** The peer's certificate and those of its issuers, as far as they are known, in PEM. */
  readonly chain: readonly string[];
  /** The gravest objection of the default check, by Chromium's order; undefined when it has none. */
  readonly error: NetErrorCode | undefined;
  /** All objections of the default check that were found, the gravest first. */
  readonly errors: readonly NetErrorCode[];
}

/**
 * Judges a peer's certificate: true accepts it whatever the default check says, false refuses it, `'default'` goes by
 * the default check. A NetError that it throws is what the caller sees.
 */
export type VerifyCertificate = (check: CertificateCheck) => boolean | 'default' | Promise<boolean | 'default'>;

/** A client's certificate and its key, as {@link TlsOptions} have them. */
export type ClientCertificate = Pick<TlsOptions, 'cert' | 'key' | 'passphrase' | 'pfx'>;

/** Chooses the certificate to show to an origin that wants one; undefined: none. */
export type SelectClientCertificate = (peer: {
  /** Host name or address without brackets. */
  readonly host: string;
  readonly port: number;
}) => ClientCertificate | undefined | Promise<ClientCertificate | undefined>;

/**
 * How TLS is spoken with one kind of peer: origins or proxies.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import type { TlsOptions } from '@netloom/core';
 *
 * const tls: TlsOptions = {
 *   ca: readFileSync('company-ca.pem'),
 *   minVersion: 'TLSv1.3',
 *   verify: ({ certificate, error }) => error === undefined && certificate.issuer.includes('CN=Company CA'),
 * };
 * ```
 */
export interface TlsOptions {
  /** Authorities to trust in addition to those of `trust`: PEM texts, each with one or more certificates, or DER. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /**
   * Authorities to trust.
   *
   * - `system` (default): Node's own, those of `NODE_EXTRA_CA_CERTS` and those of the operating system
   * - `bundled`: Node's own and those of `NODE_EXTRA_CA_CERTS`
   * - `none`: only `ca`
   */
  readonly trust?: 'system' | 'bundled' | 'none' | undefined;
  /** The client's certificate chain in PEM. */
  readonly cert?: SecureContextOptions['cert'];
  /** Key of the client's certificate in PEM. */
  readonly key?: SecureContextOptions['key'];
  /** Passphrase of `key` or `pfx`. */
  readonly passphrase?: string | undefined;
  /** The client's certificate and key as PKCS #12. */
  readonly pfx?: SecureContextOptions['pfx'];
  /**
   * Asked for the client's certificate when an origin has refused a connection for want of one; the answer is remembered
   * for that host and port. For origins only, and in place of `cert`, `key` and `pfx`. With TLS 1.2 an origin's refusal
   * does not say that a certificate is wanted, so this is asked after any failed handshake that could mean it. What it
   * throws is what the request fails with.
   */
  readonly selectClientCertificate?: SelectClientCertificate | undefined;
  /** Lowest version of TLS. Default: Node's, `TLSv1.2`. */
  readonly minVersion?: SecureVersion | undefined;
  /** Highest version of TLS. Default: Node's, `TLSv1.3`. */
  readonly maxVersion?: SecureVersion | undefined;
  /** Cipher suites in OpenSSL's notation. Default: Node's. */
  readonly ciphers?: string | undefined;
  /** Signature algorithms in OpenSSL's notation, separated by colons. Default: OpenSSL's. */
  readonly sigalgs?: string | undefined;
  /** Name to send (SNI) and to expect in the certificate instead of the host's. */
  readonly serverName?: string | undefined;
  /**
   * Accepts every certificate, so that anybody on the way can read and change what is sent. For tests. Default false.
   * `NODE_TLS_REJECT_UNAUTHORIZED` is not looked at.
   */
  readonly dangerouslyAcceptAnyCertificate?: boolean | undefined;
  /** Judges the peer's certificate on every new connection, resumed TLS sessions included. */
  readonly verify?: VerifyCertificate | undefined;
}

const TRUST = ['system', 'bundled', 'none'];

const OPTIONS: ReadonlySet<string> = new Set<keyof TlsOptions>([
  'ca',
  'trust',
  'cert',
  'key',
  'passphrase',
  'pfx',
  'minVersion',
  'maxVersion',
  'ciphers',
  'sigalgs',
  'serverName',
  'dangerouslyAcceptAnyCertificate',
  'verify',
  'selectClientCertificate',
]);

/**
 * Checks TLS options before they are used.
 *
 * @param name - what the options are called in errors, such as `tls.origin`
 * @throws TypeError naming the option that cannot be used and why.
 */
export function checkTlsOptions(options: TlsOptions, name: string): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${name} must be an object`);
  for (const option of Object.keys(options)) {
    if (!OPTIONS.has(option))
      throw new TypeError(`${name}.${option} is no TLS option; known are ${[...OPTIONS].join(', ')}`);
  }
  const { trust = 'system', verify, serverName, selectClientCertificate } = options;
  if (!TRUST.includes(trust)) throw new TypeError(`${name}.trust must be 'system', 'bundled' or 'none'`);
  if (verify !== undefined && typeof verify !== 'function') throw new TypeError(`${name}.verify must be a function`);
  if (selectClientCertificate !== undefined) checkSelection(options, name);
  if (serverName !== undefined && (typeof serverName !== 'string' || serverName === '')) {
    throw new TypeError(`${name}.serverName must be a host name`);
  }
  if (trust === 'none' && options.ca === undefined) {
    throw new TypeError(`${name}.ca must name at least one authority when ${name}.trust is 'none'`);
  }
  checkAuthorities(options, name);
  const material = contextOptions(options);
  if (Object.keys(material).length === 0) return;
  try {
    createSecureContext({ ...material, ca: [] });
  } catch (cause) {
    throw new TypeError(`${name} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

function checkSelection({ selectClientCertificate, cert, pfx }: TlsOptions, name: string): void {
  const option = `${name}.selectClientCertificate`;
  if (typeof selectClientCertificate !== 'function') throw new TypeError(`${option} must be a function`);
  if (name === 'tls.proxy') throw new TypeError(`${option} is for origins; a proxy is shown ${name}.cert`);
  if (cert !== undefined || pfx !== undefined) throw new TypeError(`${option} and ${name}.cert exclude each other`);
}

function checkAuthorities(options: TlsOptions, name: string): void {
  const list: unknown = caList(options);
  if (!Array.isArray(list) || !list.every((ca) => typeof ca === 'string' || ca instanceof Uint8Array)) {
    throw new TypeError(`${name}.ca must be PEM texts or bytes, one or a list`);
  }
  for (const ca of list) {
    if (certificatesOf(ca).length === 0) throw new TypeError(`${name}.ca must hold certificates in PEM or DER`);
  }
}

/** The options that make up a SecureContext, without the authorities. */
export function contextOptions(options: TlsOptions): SecureContextOptions {
  const { cert, key, passphrase, pfx, minVersion, maxVersion, ciphers, sigalgs } = options;
  const given = Object.entries({ cert, key, passphrase, pfx, minVersion, maxVersion, ciphers, sigalgs });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The `ca` option as a list. */
export function caList({ ca }: TlsOptions): readonly (string | Uint8Array)[] {
  if (ca === undefined) return [];
  return typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca;
}
