import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateFacts, NetErrorCode } from '@netloom/contracts';
import { chainOf, peerCertificate } from './peer-certificate.js';
import { serverIdentityError } from './server-identity.js';

/** Chromium's order of gravity (net/cert/cert_status_flags.cc). */
const GRAVITY: readonly NetErrorCode[] = [
  'ERR_CERT_INVALID',
  'ERR_CERT_REVOKED',
  'ERR_CERT_AUTHORITY_INVALID',
  'ERR_CERT_COMMON_NAME_INVALID',
  'ERR_CERT_NAME_CONSTRAINT_VIOLATION',
  'ERR_CERT_WEAK_SIGNATURE_ALGORITHM',
  'ERR_CERT_WEAK_KEY',
  'ERR_CERT_DATE_INVALID',
];

/** The errors of OpenSSL's verification by their names in Node. The rest is `ERR_CERT_INVALID`. */
const VERIFICATION_ERRORS: ReadonlyMap<string, NetErrorCode> = new Map<string, NetErrorCode>([
  ['UNABLE_TO_GET_ISSUER_CERT', 'ERR_CERT_AUTHORITY_INVALID'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_CERT_AUTHORITY_INVALID'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_CERT_AUTHORITY_INVALID'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_CERT_AUTHORITY_INVALID'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'ERR_CERT_AUTHORITY_INVALID'],
  ['CERT_SIGNATURE_FAILURE', 'ERR_CERT_AUTHORITY_INVALID'],
  ['CERT_UNTRUSTED', 'ERR_CERT_AUTHORITY_INVALID'],
  ['CERT_REJECTED', 'ERR_CERT_AUTHORITY_INVALID'],
  ['INVALID_CA', 'ERR_CERT_AUTHORITY_INVALID'],
  ['CERT_REVOKED', 'ERR_CERT_REVOKED'],
  ['CERT_NOT_YET_VALID', 'ERR_CERT_DATE_INVALID'],
  ['CERT_HAS_EXPIRED', 'ERR_CERT_DATE_INVALID'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_CERT_COMMON_NAME_INVALID'],
  ['HOSTNAME_MISMATCH', 'ERR_CERT_COMMON_NAME_INVALID'],
]);

/**
 * All objections to the certificate of a TLS connection, the gravest first.
 *
 * OpenSSL goes on after an objection and reports its last one, which is the date's where there is one. So the authority
 * is checked here once more for a certificate that is out of date: else a forged certificate would pass for an honest one
 * that has merely expired.
 *
 * @param name - the host name or address that the certificate has to be for
 * @param anchors - fingerprints of the trusted authorities
 */
export function certificateErrors(socket: TLSSocket, name: string, anchors: ReadonlySet<string>): NetErrorCode[] {
  const certificate = socket.getPeerCertificate(true);
  if (certificate.raw === undefined) return ['ERR_CERT_INVALID'];
  const errors = new Set<NetErrorCode>();
  const reported = String(socket.authorizationError ?? '');
  if (reported !== '') errors.add(VERIFICATION_ERRORS.get(reported) ?? 'ERR_CERT_INVALID');
  if (serverIdentityError(name, certificate) !== undefined) errors.add('ERR_CERT_COMMON_NAME_INVALID');
  const chain = chainOf(certificate);
  if (reported !== '') {
    if (chain.some(isOutOfDate)) errors.add('ERR_CERT_DATE_INVALID');
    if (errors.has('ERR_CERT_DATE_INVALID') && !leadsTo(anchors, chain)) errors.add('ERR_CERT_AUTHORITY_INVALID');
  }
  return GRAVITY.filter((code) => errors.has(code));
}

/** The facts of the peer's certificate; undefined where it showed none. */
export function certificateFacts(socket: TLSSocket): CertificateFacts | undefined {
  const certificate = peerCertificate(socket);
  if (certificate === undefined) return undefined;
  const { subject, issuer, fingerprint256, validFrom, validTo } = certificate;
  return { subject, issuer, fingerprint256, validFrom, validTo, pem: certificate.toString() };
}

function isOutOfDate({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return now < Date.parse(validFrom) || now > Date.parse(validTo);
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** Whether each certificate was issued by the next one, an authority, and the last is trusted. */
function leadsTo(anchors: ReadonlySet<string>, chain: readonly X509Certificate[]): boolean {
  const usages = chain[0]!.keyUsage as readonly string[] | undefined; // those of extendedKeyUsage
  if (usages !== undefined && !usages.includes(SERVER_AUTH)) return false;
  const linked = chain.slice(1).every((issuer, i) => {
    const issued = chain[i]!;
    return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  });
  return linked && anchors.has(chain.at(-1)!.fingerprint256);
}
