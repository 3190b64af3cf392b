import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parsePem } from './pem.js';

const SYSTEM_KEYCHAINS = [
  '/System/Library/Keychains/SystemRootCertificates.keychain',
  '/Library/Keychains/System.keychain',
];

/** Runs a program and resolves with what it wrote to its standard output. */
export type RunProgram = (file: string, args: readonly string[]) => Promise<string>;

const run: RunProgram = async (file, args) =>
  (await promisify(execFile)(file, [...args], { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024, timeout: 30_000 }))
    .stdout;

/**
 * The authorities of the keychains of macOS: Apple's roots, the system's and the user's own, without doubles. A keychain
 * that cannot be read adds nothing. Trust settings are not looked at: a certificate in a keychain counts as trusted.
 */
export async function macosAuthorities(runProgram: RunProgram = run): Promise<readonly string[]> {
  const security = (args: readonly string[]) => runProgram('/usr/bin/security', args).catch(() => '');
  const login = parseKeychainList(await security(['login-keychain']));
  const listings = await Promise.all(
    [...SYSTEM_KEYCHAINS, ...login].map((keychain) => security(['find-certificate', '-a', '-p', keychain])),
  );
  return [...new Set(listings.flatMap(parsePem))];
}

/** The paths that `security login-keychain` prints: one per line, indented and in quotes. */
export function parseKeychainList(text: string): string[] {
  return Array.from(text.matchAll(/^\s*"(.*)"\s*$/gm), ([, path = '']) => path);
}
