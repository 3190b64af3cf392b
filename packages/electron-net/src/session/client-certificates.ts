import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { NET_ERRORS } from '@netloom/contracts';
import type { ClientCertificate } from '@netloom/core';
import { fileErrorCode } from '../file-errors.js';
import { type Certificate, toCertificate } from './certificate.js';

/** What {@link App.importCertificate} takes. */
export interface ImportCertificateOptions {
  /** Path of a PKCS #12 file. */
  certificate: string;
  /** Passphrase of the file. */
  password: string;
}

/** What came of an import, in Chromium's numbers. */
const RESULTS = { ok: 0, badPassword: -701, failed: -702, invalidFile: -708, unsupported: -709 } as const;

/** How OpenSSL's words tell the reasons apart; it has no codes that all versions of Node show. */
const REASONS: readonly (readonly [RegExp, number])[] = [
  [/mac verify failure/i, RESULTS.badPassword],
  [/unsupported/i, RESULTS.unsupported],
  [/not enough data|too long|wrong tag|asn1|decode/i, RESULTS.invalidFile],
];

interface Entry {
  readonly shown: Certificate;
  readonly used: ClientCertificate;
}

/** The certificates by which the process can show who it is: a plain Node process has no store but this one. */
class ClientCertificates {
  readonly #entries = new Map<string, Entry>();

  /** Number of certificates; grows with each that is new. */
  get size(): number {
    return this.#entries.size;
  }

  /** As programs are shown them. */
  get list(): Certificate[] {
    return [...this.#entries.values()].map(({ shown }) => shown);
  }

  /** What stands behind a certificate of the list; undefined for any other. */
  find(certificate: Certificate): ClientCertificate | undefined {
    return this.#entries.get(certificate.fingerprint)?.used;
  }

  /** Resolves with 0, or the number of Chromium's error. */
  async import({ certificate: path, password }: ImportCertificateOptions): Promise<number> {
    let pfx: Buffer;
    try {
      pfx = await readFile(path);
    } catch (error) {
      return NET_ERRORS[fileErrorCode(error as NodeJS.ErrnoException)];
    }
    try {
      const shown = certificateIn(pfx, password);
      if (shown === undefined) return RESULTS.failed;
      this.#entries.set(shown.fingerprint, { shown, used: { pfx, passphrase: password } });
      return RESULTS.ok;
    } catch (error) {
      const { message } = error as Error;
      return REASONS.find(([words]) => words.test(message))?.[1] ?? RESULTS.failed;
    }
  }
}

/** Those of the process, which all sessions share. */
export const clientCertificates = new ClientCertificates();

/** @throws TypeError naming the option that cannot be used. */
export function checkImport(options: ImportCertificateOptions, callback: (result: number) => void): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('Expected options to be an object');
  for (const name of ['certificate', 'password'] as const) {
    if (typeof options[name] !== 'string') throw new TypeError(`\`${name}\` should be a string`);
  }
  if (typeof callback !== 'function') throw new TypeError('`callback` should be a function');
}

/** @throws Error of OpenSSL for what is no PKCS #12 with this password. */
function certificateIn(pfx: Buffer, passphrase: string): Certificate | undefined {
  const secureContext = createSecureContext({ pfx, passphrase });
  // Node shows the certificate of a context by a socket only; this one is never connected.
  const socket = new TLSSocket(new Socket(), { isServer: true, secureContext });
  try {
    const certificate = socket.getX509Certificate();
    return certificate instanceof X509Certificate ? toCertificate([certificate.toString()]) : undefined;
  } finally {
    socket.destroy();
  }
}
