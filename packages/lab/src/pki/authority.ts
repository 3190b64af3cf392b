import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { CertOptions, KeyCert } from './certificate.js';

type KeyType = NonNullable<CertOptions['key']>;
type Hash = NonNullable<CertOptions['hash']>;
type CryptoKeyPair = webcrypto.CryptoKeyPair;

const DAY = 86_400_000;
const KEY_ALGORITHMS = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;
const HASHES = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const satisfies Record<Hash, string>;

x509.cryptoProvider.set(webcrypto as never);

/** All leaves of a process share one key per type: making keys is the slow part, and no test depends on it. */
const leafKeys = new Map<KeyType, Promise<CryptoKeyPair>>();

function generateKeys(type: KeyType): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHMS[type], true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

function leafKey(type: KeyType): Promise<CryptoKeyPair> {
  let keys = leafKeys.get(type);
  if (!keys) {
    keys = generateKeys(type);
    leafKeys.set(type, keys);
  }
  return keys;
}

/** What a certificate to be issued says. */
export interface LeafRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  readonly key?: KeyType;
  readonly hash?: Hash;
  readonly expired?: boolean;
  readonly usage?: 'server' | 'client';
}

/** A certificate authority with an ECDSA key. */
export class CertificateAuthority {
  private constructor(
    /** The CA's certificate in PEM. */
    readonly cert: string,
    private readonly keys: CryptoKeyPair,
    private readonly name: string,
  ) {}

  static async create(commonName: string): Promise<CertificateAuthority> {
    const keys = await generateKeys('ecdsa');
    const name = `CN=${commonName}, O=Lab`;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name,
      keys: keys as never,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + 30 * DAY),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
      ],
    });
    return new CertificateAuthority(certificate.toString('pem'), keys, name);
  }

  /** Issues a certificate for a server or a client. */
  async issue(request: LeafRequest): Promise<KeyCert> {
    const keys = await leafKey(request.key ?? 'ecdsa');
    const certificate = await x509.X509CertificateGenerator.create({
      ...(await leafFields(request, keys)),
      issuer: this.name,
      signingKey: this.keys.privateKey as never,
      signingAlgorithm: { name: 'ECDSA', hash: HASHES[request.hash ?? 'sha256'] },
    });
    return { cert: certificate.toString('pem'), key: await exportKey(keys) };
  }
}

/** Makes a server certificate that is signed by its own key and no authority. */
export async function selfSigned(request: LeafRequest): Promise<KeyCert> {
  const type = request.key ?? 'ecdsa';
  const keys = await leafKey(type);
  const hash = HASHES[request.hash ?? 'sha256'];
  const fields = await leafFields(request, keys);
  const certificate = await x509.X509CertificateGenerator.create({
    ...fields,
    issuer: fields.subject,
    signingKey: keys.privateKey as never,
    signingAlgorithm: { name: KEY_ALGORITHMS[type].name, hash },
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys) };
}

async function leafFields(request: LeafRequest, keys: CryptoKeyPair) {
  const { commonName, names, expired = false, usage = 'server' } = request;
  const end = Date.now() + (expired ? -DAY : 30 * DAY);
  return {
    subject: `CN=${commonName}, O=Lab`,
    publicKey: keys.publicKey as never,
    notBefore: new Date(end - 60 * DAY),
    notAfter: new Date(end),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage === 'server' ? 'serverAuth' : 'clientAuth']]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  };
}

async function exportKey(keys: CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}
