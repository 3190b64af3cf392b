import { CertificateAuthority, type LeafRequest, selfSigned } from './authority.js';
import type { CertKind, CertOptions, KeyCert } from './certificate.js';

const NAMES = ['localhost', '127.0.0.1', '::1', '*.corp.test', '*.partner.test'];

/** Made once per process and shared by its labs: neither depends on anything but time. */
const authorities = new Map<string, Promise<CertificateAuthority>>();
const issued = new Map<string, Promise<KeyCert>>();

function authority(commonName: string): Promise<CertificateAuthority> {
  return once(authorities, commonName, () => CertificateAuthority.create(commonName));
}

/** The authority that clients of the lab are told to trust. */
export function labAuthority(): Promise<CertificateAuthority> {
  return authority('Lab CA');
}

/** A server's certificate of the wanted kind, and the options of TLS that go with it. */
export async function serverCertificate(kind: CertKind = 'good'): Promise<KeyCert> {
  const options = certOptions(kind);
  return once(issued, JSON.stringify(options), async () => {
    const request = leafRequest(options);
    if (options.kind === 'self-signed') return selfSigned(request);
    return (await authority(options.kind === 'unknown-ca' ? 'Unknown CA' : 'Lab CA')).issue(request);
  });
}

/** A client certificate of the lab's CA. */
export async function clientCertificate(commonName: string): Promise<KeyCert> {
  return once(issued, `client ${commonName}`, async () =>
    (await labAuthority()).issue({ commonName, names: [`${commonName}.corp.test`], usage: 'client' }),
  );
}

export function certOptions(kind: CertKind = 'good'): CertOptions {
  return typeof kind === 'string' ? { kind } : kind;
}

function leafRequest({ kind, key, hash, names = [] }: CertOptions): LeafRequest {
  const wrong = kind === 'wrong-name';
  return {
    commonName: wrong ? 'elsewhere.test' : 'localhost',
    names: wrong ? ['elsewhere.test'] : [...NAMES, ...names],
    expired: kind === 'expired',
    ...(key && { key }),
    ...(hash && { hash }),
  };
}

function once<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let value = cache.get(key);
  if (!value) {
    value = make();
    cache.set(key, value);
  }
  return value;
}
