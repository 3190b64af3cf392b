/*
 * Error
 * └─ NetError                what went wrong on the network, named and numbered as in Chromium
 *    ├─ CertificateError     the peer's certificate was not accepted; carries that certificate
 *    └─ AuthError            sign-in did not succeed; carries the schemes offered, tried and why each failed
 *       └─ SchemeError       thrown by an authentication scheme; `effect` tells the sign-in framework what to do next
 *
 * Not in this tree: wrong arguments (TypeError, thrown where they are given) and a caller's own abort (the reason of
 * the AbortSignal, as it was given).
 */

import { NET_ERRORS, type NetErrorCode } from './error-codes.js';
import { parseUrl } from './parse-url.js';

const BRAND = Symbol.for('netloom.NetError');

/** What a {@link NetError} is made from. No field may hold a secret: errors end up in logs. */
export interface NetErrorOptions {
  /** URL of the request; user info is removed. */
  readonly url?: string | URL | undefined;
  /** The proxy in use, as `scheme://host:port`. */
  readonly proxy?: string | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** A sentence with particulars, appended to the message after a colon. */
  readonly detail?: string | undefined;
}

/**
 * A failure on the network. `code` and `errno` are Chromium's name and number, `message` starts with `net::` and the
 * code.
 *
 * @example
 * ```ts
 * import { isNetError, NetError } from '@netloom/contracts';
 *
 * const error: unknown = new NetError('ERR_PROXY_CONNECTION_FAILED', { proxy: 'http://proxy.test:3128' });
 * if (isNetError(error)) console.log(error.code, error.errno, error.proxy);
 * ```
 */
export class NetError extends Error {
  /** Chromium's name of the error, such as `ERR_NAME_NOT_RESOLVED`. */
  readonly code: NetErrorCode;
  /** Chromium's number of the error, such as −105. */
  readonly errno: number;
  /** URL of the request without user info and fragment, where one was involved. */
  readonly url: string | undefined;
  /** The proxy in use as `scheme://host:port`, where one was involved. */
  readonly proxy: string | undefined;
  /** The particulars that the message ends with, without the code. */
  readonly detail: string | undefined;

  constructor(code: NetErrorCode, options: NetErrorOptions = {}) {
    const message = options.detail === undefined ? `net::${code}` : `net::${code}: ${options.detail}`;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Object.defineProperty(this, BRAND, { value: true });
    this.name = new.target.name;
    this.code = code;
    this.errno = NET_ERRORS[code];
    this.url = options.url === undefined ? undefined : withoutUserInfo(options.url);
    this.proxy = options.proxy;
    this.detail = options.detail;
  }
}

/** The facts of a certificate that an error or an event may show. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 fingerprint as upper-case hex pairs joined by colons. */
  readonly fingerprint256: string;
  /** Date texts as in the certificate. */
  readonly validFrom: string;
  readonly validTo: string;
  /** The certificate in PEM. */
  readonly pem: string;
}

/** The certificate of a server or proxy was not accepted (codes −200 to −213, and `ERR_PROXY_CERTIFICATE_INVALID`). */
export class CertificateError extends NetError {
  /** The certificate that was refused, where the handshake came that far. */
  readonly certificate: CertificateFacts | undefined;

  constructor(code: NetErrorCode, options: NetErrorOptions & { readonly certificate?: CertificateFacts | undefined }) {
    super(code, options);
    this.certificate = options.certificate;
  }
}

/** Why a scheme was given up, in words without secrets. */
export interface SchemeFailure {
  /** Name of the scheme in lower case. */
  readonly scheme: string;
  /** The reason in words. */
  readonly reason: string;
}

/** What an {@link AuthError} is made from. */
export interface AuthErrorOptions extends NetErrorOptions {
  /** Names of the schemes that the peer offered, lower case, in its order. */
  readonly offered?: readonly string[] | undefined;
  /** The schemes that were tried or left out, and why each failed. */
  readonly tried?: readonly SchemeFailure[] | undefined;
}

/** Sign-in at a server or proxy did not succeed. */
export class AuthError extends NetError {
  /** Names of the schemes that the peer offered, lower case. */
  readonly offered: readonly string[];
  /** The schemes that were tried or left out, and why each failed. */
  readonly tried: readonly SchemeFailure[];

  constructor(code: NetErrorCode, options: AuthErrorOptions = {}) {
    super(code, { ...options, detail: options.detail ?? describeSchemes(options) });
    this.offered = options.offered ?? [];
    this.tried = options.tried ?? [];
  }
}

/**
 * What the sign-in framework does after a scheme threw: `drop-identity` asks for other credentials, `disable-scheme`
 * goes on with the next scheme, `fail` ends the request with this error.
 */
export type SchemeErrorEffect = 'drop-identity' | 'disable-scheme' | 'fail';

/** Thrown by an authentication scheme that cannot make its answer. */
export class SchemeError extends AuthError {
  /** What the sign-in framework does next. */
  readonly effect: SchemeErrorEffect;

  constructor(code: NetErrorCode, options: AuthErrorOptions & { readonly effect: SchemeErrorEffect }) {
    super(code, options);
    this.effect = options.effect;
  }
}

/** Whether a value is a {@link NetError}, also one of another installed copy of this package. */
export function isNetError(value: unknown): value is NetError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** Whether a value is a {@link SchemeError}, also one of another installed copy of this package. */
export function isSchemeError(value: unknown): value is SchemeError {
  return isNetError(value) && typeof (value as { effect?: unknown }).effect === 'string';
}

function withoutUserInfo(url: string | URL): string {
  const parsed = parseUrl(String(url));
  if (parsed === undefined) return String(url).replace(/\/\/[^/?#]*@/, '//');
  parsed.username = '';
  parsed.password = '';
  parsed.hash = '';
  return parsed.href;
}

function describeSchemes({ offered = [], tried = [] }: AuthErrorOptions): string | undefined {
  const parts: string[] = [];
  if (offered.length > 0) parts.push(`offered: ${offered.join(', ')}`);
  for (const { scheme, reason } of tried) parts.push(`${scheme}: ${reason}`);
  return parts.length > 0 ? parts.join('; ') : undefined;
}
