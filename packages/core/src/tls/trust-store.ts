import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import { parsePem } from './pem.js';

/**
 * The authorities of the operating system in PEM, read once per process. Empty where they cannot be read:
 *
 * - macOS and Windows: `tls.getCACertificates('system')` where Node has it (22.15 and later).
 * - Linux and other Unix: the distribution's bundle, read without blocking. `SSL_CERT_FILE` and `SSL_CERT_DIR` name
 *   others, as for OpenSSL.
 * - macOS before: `security find-certificate`.
 * - Windows before: nothing. The store is behind an API of Windows that needs native code, and the tools that could list
 *   it (PowerShell, certutil) take seconds and are forbidden in many companies. Use `NODE_EXTRA_CA_CERTS` or `ca`.
 */
export function systemAuthorities(): Promise<readonly string[]> {
  system ??= readSystemAuthorities();
  return system;
}

let system: Promise<readonly string[]> | undefined;

async function readSystemAuthorities(): Promise<readonly string[]> {
  const { platform } = process;
  if (platform === 'win32' || platform === 'darwin') {
    const fromNode = (tls as { getCACertificates?: (type: string) => string[] }).getCACertificates?.('system');
    if (fromNode !== undefined) return parsePem(fromNode.join('\n'));
    if (platform === 'win32') return [];
    return (await import('./trust-store-macos.js')).macosAuthorities();
  }
  return (await import('./trust-store-unix.js')).unixAuthorities(process.env);
}

/** The authorities that are built into Node, in PEM. */
export function bundledAuthorities(): readonly string[] {
  bundled ??= parsePem(tls.rootCertificates.join('\n'));
  return bundled;
}

let bundled: readonly string[] | undefined;

/** The authorities of `NODE_EXTRA_CA_CERTS` in PEM, read once per process. */
export function extraAuthorities(): Promise<readonly string[]> {
  extra ??= readExtraAuthorities(process.env.NODE_EXTRA_CA_CERTS);
  return extra;
}

let extra: Promise<readonly string[]> | undefined;

async function readExtraAuthorities(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined || path === '') return [];
  return parsePem(await readFile(path, 'latin1').catch(() => '')); // Node itself has warned of it at start
}
