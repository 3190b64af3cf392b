import type { CertificateCheck } from '@netloom/core';
import { type Certificate, toCertificate } from './certificate.js';
import { CertificateVerifier, type CertificateVerifyProc } from './certificate-verifier.js';

/** What a program is asked about a certificate that the default check refuses. */
export interface CertificateQuestion {
  /** Origin of the server. */
  readonly url: string;
  /** Such as `net::ERR_CERT_AUTHORITY_INVALID`. */
  readonly error: string;
  readonly certificate: Certificate;
}

/** Asks the program; undefined when it does not want to decide. */
export type AskAboutCertificate = (question: CertificateQuestion) => Promise<boolean> | undefined;

type Verdict = true | 'default';

/** Trusted answers that are kept; the oldest are forgotten first. */
const MAX_TRUSTED = 1000;

/** Judges the certificates that a session is shown: by the program's procedure, the default check, and the app's events. */
export class CertificateJudge {
  readonly #acceptAny: boolean;
  readonly #ask: AskAboutCertificate;
  readonly #trusted = new Set<string>();
  #verifier: CertificateVerifier | undefined;

  /** @param acceptAny - whether no certificate is to be refused (`--ignore-certificate-errors`). */
  constructor(acceptAny: boolean, ask: AskAboutCertificate) {
    this.#acceptAny = acceptAny;
    this.#ask = ask;
  }

  /** @throws TypeError for anything but a function and null. */
  setProc(proc: CertificateVerifyProc | null): void {
    this.#verifier = proc === null ? undefined : new CertificateVerifier(proc);
  }

  /** Verdict for core; the procedure's refusal rejects with the error that it names. */
  readonly verify = (check: CertificateCheck): Verdict | Promise<Verdict> => {
    if (this.#acceptAny) return true;
    if (this.#verifier === undefined) return this.#byDefault(check);
    return this.#verifier.verify(check).then((verdict) => (verdict === 'default' ? this.#byDefault(check) : verdict));
  };

  #byDefault(check: CertificateCheck): Verdict | Promise<Verdict> {
    const { error, host, port, target, certificate, chain } = check;
    // Nobody may accept what a proxy shows: it would read everything.
    if (error === undefined || target === 'proxy') return 'default';
    const key = `${certificate.fingerprint256} ${host} ${error}`;
    if (this.#trusted.has(key)) return true;
    const url = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}/`).href;
    const answer = this.#ask({ url, error: `net::${error}`, certificate: toCertificate(chain) as Certificate });
    if (answer === undefined) return 'default';
    return answer.then((isTrusted) => {
      if (!isTrusted) return 'default';
      this.#trusted.add(key);
      if (this.#trusted.size > MAX_TRUSTED) this.#trusted.delete(this.#trusted.values().next().value as string);
      return true;
    });
  }
}
