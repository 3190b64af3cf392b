import { X509Certificate } from 'node:crypto';

/** Whom a certificate is for, or by. */
export interface CertificatePrincipal {
  commonName: string;
  country: string;
  locality: string;
  organizations: string[];
  organizationUnits: string[];
  state: string;
}

/** A certificate as Electron shows it. */
export interface Certificate {
  /** PEM. */
  data: string;
  /** `sha256/` and the SHA-256 of the certificate in Base64. */
  fingerprint: string;
  issuer: CertificatePrincipal;
  /** Certificate of the issuer; undefined at the end of the chain. */
  issuerCert: Certificate;
  issuerName: string;
  /** Upper-case hex. */
  serialNumber: string;
  subject: CertificatePrincipal;
  subjectName: string;
  /** Seconds since 1 January 1970 UTC. */
  validExpiry: number;
  /** Seconds since 1 January 1970 UTC. */
  validStart: number;
}

/** A chain of PEM texts, the peer's own first, as nested certificates. */
export function toCertificate([pem, ...issuers]: readonly string[]): Certificate | undefined {
  if (pem === undefined) return undefined;
  const certificate = new X509Certificate(pem);
  const subject = principalOf(certificate.subject);
  const issuer = principalOf(certificate.issuer);
  return {
    data: pem,
    fingerprint: `sha256/${Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64')}`,
    issuer,
    // Electron's types do not say that the last one has none.
    issuerCert: toCertificate(issuers) as Certificate,
    issuerName: issuer.commonName,
    serialNumber: certificate.serialNumber,
    subject,
    subjectName: subject.commonName,
    validExpiry: seconds(certificate.validTo),
    validStart: seconds(certificate.validFrom),
  };
}

/** Node shows a name as lines of `KEY=value`. */
function principalOf(name: string): CertificatePrincipal {
  const values = new Map<string, string[]>();
  for (const line of name.split('\n')) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const first = (key: string) => values.get(key)?.[0] ?? '';
  return {
    commonName: first('CN'),
    country: first('C'),
    locality: first('L'),
    organizations: values.get('O') ?? [],
    organizationUnits: values.get('OU') ?? [],
    state: first('ST'),
  };
}

function seconds(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}
