import { readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parsePem } from './pem.js';

/** Where certificates are looked for. */
export interface TrustPlaces {
  /** Files with all authorities; the first that is there is read. */
  readonly bundles: readonly string[];
  /** Directories of single certificates; read where no bundle is. */
  readonly directories: readonly string[];
}

/** Where distributions keep them. */
const KNOWN_PLACES: TrustPlaces = {
  bundles: [
    '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, Alpine, NixOS
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, RHEL 7 and later
    '/etc/pki/tls/certs/ca-bundle.crt', // RHEL 6
    '/etc/ssl/ca-bundle.pem', // openSUSE
    '/var/lib/ca-certificates/ca-bundle.pem', // openSUSE
    '/etc/pki/tls/cacert.pem', // OpenELEC
    '/etc/ssl/cert.pem', // Alpine, OpenBSD, FreeBSD
    '/usr/local/etc/ssl/cert.pem', // FreeBSD
    '/usr/local/share/certs/ca-root-nss.crt', // FreeBSD
    '/etc/openssl/certs/ca-certificates.crt', // NetBSD
    '/data/data/com.termux/files/usr/etc/tls/cert.pem', // Termux
  ],
  directories: ['/etc/ssl/certs', '/etc/pki/tls/certs', '/etc/openssl/certs'],
};

/**
 * The authorities of a Unix other than macOS, without doubles. `SSL_CERT_FILE` (one file) and `SSL_CERT_DIR` (directories
 * separated by colons) take the place of the known ones. What is not there or cannot be read adds nothing.
 */
export async function unixAuthorities(env: NodeJS.ProcessEnv, places = KNOWN_PLACES): Promise<readonly string[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: dir } = env;
  const found = new Set<string>();
  const add = (pems: readonly string[]) => {
    for (const pem of pems) found.add(pem);
  };
  for (const path of file ? [file] : places.bundles) {
    add(await readCertificates(path));
    if (found.size > 0) break;
  }
  if (dir) for (const path of dir.split(delimiter)) add(await readDirectory(path));
  else if (found.size === 0) for (const path of places.directories) add(await readDirectory(path));
  return [...found];
}

async function readDirectory(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => []);
  return (await Promise.all(names.map((name) => readCertificates(join(path, name))))).flat();
}

/** Most paths are not there on a given machine, and a directory may hold files of others. */
async function readCertificates(path: string): Promise<string[]> {
  return parsePem(await readFile(path, 'latin1').catch(() => ''));
}
