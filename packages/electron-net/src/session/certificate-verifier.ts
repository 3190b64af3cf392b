import { NET_ERRORS, NetError, type NetErrorCode } from '@netloom/contracts';
import type { CertificateCheck } from '@netloom/core';
import { apart } from '../emit.js';
import { type Certificate, toCertificate } from './certificate.js';

/** What a {@link CertificateVerifyProc} judges. */
export interface CertificateVerifyRequest {
  hostname: string;
  certificate: Certificate;
  validatedCertificate: Certificate;
  /** Whether the default check trusts the chain. */
  isIssuedByKnownRoot: boolean;
  /** `net::OK`, or what the default check says, such as `net::ERR_CERT_AUTHORITY_INVALID`. */
  verificationResult: string;
  /** Number of that error; 0 without one. */
  errorCode: number;
}

/** Judges a certificate: 0 accepts it, −2 refuses it, −3 leaves it to the default check. */
export type CertificateVerifyProc = (
  request: CertificateVerifyRequest,
  callback: (verificationResult: number) => void,
) => void;

const ACCEPTED = 0;
const BY_DEFAULT = -3;
/** Answers that are kept; the oldest are forgotten first. */
const MAX_ANSWERS = 1000;

const CODES = new Map<number, NetErrorCode>(
  Object.entries(NET_ERRORS).map(([code, errno]) => [errno, code as NetErrorCode]),
);

/** Asks a program's procedure, once for each certificate and host, refusals included. */
export class CertificateVerifier {
  readonly #proc: CertificateVerifyProc;
  readonly #answers = new Map<string, Promise<number>>();

  /** @throws TypeError when it is no function. */
  constructor(proc: CertificateVerifyProc) {
    if (typeof proc !== 'function') throw new TypeError('Must pass null or function');
    this.#proc = proc;
  }

  /** Verdict for core; what is refused rejects with the error that the procedure names. */
  async verify(check: CertificateCheck): Promise<true | 'default'> {
    const result = await this.#answer(check);
    if (result === ACCEPTED) return true;
    if (result === BY_DEFAULT) return 'default';
    throw new NetError(CODES.get(result) ?? 'ERR_FAILED', { detail: `${check.host}: refused by the verify procedure` });
  }

  #answer(check: CertificateCheck): Promise<number> {
    const key = `${check.certificate.fingerprint256} ${check.host}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#ask(check);
      this.#answers.set(key, answer);
      if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(this.#answers.keys().next().value as string);
    }
    return answer;
  }

  #ask({ host, chain, error }: CertificateCheck): Promise<number> {
    const certificate = toCertificate(chain) as Certificate;
    const request: CertificateVerifyRequest = {
      hostname: host,
      certificate,
      validatedCertificate: certificate,
      isIssuedByKnownRoot: error === undefined,
      verificationResult: error === undefined ? 'net::OK' : `net::${error}`,
      errorCode: error === undefined ? 0 : NET_ERRORS[error],
    };
    return new Promise((resolve) => {
      // A procedure that throws has judged nothing.
      const called = apart(() => {
        this.#proc(request, (result) => resolve(Number(result)));
        return true;
      }, false);
      if (!called) resolve(NET_ERRORS.ERR_FAILED);
    });
  }
}
