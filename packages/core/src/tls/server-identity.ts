import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * What speaks against a certificate being for this host name or address (RFC 9110 section 4.3.5), undefined for nothing.
 *
 * Node 22.23 takes an IPv6 address for a host name and finds it in no certificate, so these are looked up by OpenSSL.
 */
export function serverIdentityError(name: string, certificate: PeerCertificate): Error | undefined {
  if (!isIPv6(name)) return checkServerIdentity(name, certificate);
  if (new X509Certificate(certificate.raw).checkIP(name) !== undefined) return undefined;
  const error = new Error(`The certificate is not for ${name} but for ${certificate.subjectaltname ?? 'no address'}`);
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}
