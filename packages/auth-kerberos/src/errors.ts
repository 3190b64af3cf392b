import { type NetErrorCode, SchemeError, type SchemeErrorEffect } from '@netloom/contracts';
import { type FailureFacts, type FailureReason, reasonOf } from './failure.js';
import type { ContextCredentials } from './provider.js';

/** What a security library answered, as the `cause` of a {@link SchemeError}. */
export class SecurityLibraryError extends Error {
  /** Name of the provider that called the library. */
  readonly provider: string;
  /** GSSAPI's major status, or the SECURITY_STATUS of SSPI, as an unsigned number; 0 where the library gives none. */
  readonly major: number;
  /** GSSAPI's minor status as an unsigned number; 0 where there is none. */
  readonly minor: number;
  /** What the failure means. */
  readonly reason: FailureReason;

  constructor(provider: string, reason: FailureReason, { major, minor, text }: Omit<FailureFacts, 'api'>) {
    super(`${provider}: ${text === '' ? 'no text' : text} (${hex(major)}${minor === 0 ? '' : `, ${hex(minor)}`})`);
    this.name = 'SecurityLibraryError';
    this.provider = provider;
    this.major = major >>> 0;
    this.minor = minor >>> 0;
    this.reason = reason;
  }
}

/** What {@link kerberosError} is told. */
export interface LibraryFailure {
  /** Name of the provider: `gssapi`, `sspi` or `kerberos`. */
  readonly provider: string;
  /** Which codes these are; `text` where the library gives a text alone. Default: as the provider's name says. */
  readonly api?: FailureFacts['api'] | undefined;
  /** The function that failed, such as `gss_import_name`. */
  readonly call?: string | undefined;
  /** Default 0. */
  readonly major?: number | undefined;
  /** Default 0. */
  readonly minor?: number | undefined;
  /** The library's own words, without secrets. */
  readonly text: string;
  /** The service principal name that was asked for, as given to the library. */
  readonly spn: string;
  readonly credentials: ContextCredentials['kind'];
}

const TEXT_LIMIT = 300;

/**
 * The error for what a security library answered: a text that says what to do, and the library's codes and words in
 * `cause`.
 */
export function kerberosError(failure: LibraryFailure): SchemeError {
  const { provider, major = 0, minor = 0 } = failure;
  const api = failure.api ?? (provider === 'sspi' ? 'sspi' : provider === 'gssapi' ? 'gssapi' : 'text');
  // What a library says must not steer a terminal.
  const text = failure.text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, TEXT_LIMIT);
  const facts = { api, major, minor, text };
  const reason = reasonOf(facts);
  const { code, effect } = EFFECTS[reason];
  const isOwnName = reason === 'bad-name' && failure.call === 'gss_import_name';
  return new SchemeError(isOwnName ? 'ERR_MALFORMED_IDENTITY' : code, {
    effect,
    detail: advice(reason, { ...failure, text }),
    cause: new SecurityLibraryError(provider, reason, facts),
  });
}

/** The reason of a failure, where a library was its cause. */
export function failureReason(error: unknown): FailureReason | undefined {
  const { cause } = Object(error) as { cause?: unknown };
  return cause instanceof SecurityLibraryError ? cause.reason : undefined;
}

const identity = (code: NetErrorCode) => ({ code, effect: 'drop-identity' as SchemeErrorEffect });
const scheme = (code: NetErrorCode) => ({ code, effect: 'disable-scheme' as SchemeErrorEffect });
const UNEXPECTED = scheme('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS');
const MISCONFIGURED = scheme('ERR_MISCONFIGURED_AUTH_ENVIRONMENT');

/** Whether other credentials, or only another scheme, may help. Codes are Chromium's where it has one for the case. */
const EFFECTS: Readonly<Record<FailureReason, { readonly code: NetErrorCode; readonly effect: SchemeErrorEffect }>> = {
  'no-ticket': identity('ERR_MISSING_AUTH_CREDENTIALS'),
  'ticket-expired': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'ticket-unreadable': identity('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS'),
  'clock-skew': MISCONFIGURED,
  'unknown-service': MISCONFIGURED,
  'service-key': MISCONFIGURED,
  'unknown-user': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'wrong-password': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'password-expired': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'account-locked': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'no-key': identity('ERR_INVALID_AUTH_CREDENTIALS'),
  'realm-unknown': MISCONFIGURED,
  'kdc-unreachable': MISCONFIGURED,
  'encryption-type': MISCONFIGURED,
  'channel-binding': UNEXPECTED,
  'bad-token': scheme('ERR_INVALID_RESPONSE'),
  'bad-name': scheme('ERR_UNSUPPORTED_AUTH_SCHEME'),
  mutual: UNEXPECTED,
  refused: identity('ERR_INVALID_AUTH_CREDENTIALS'),
  unsupported: UNEXPECTED,
  call: { code: 'ERR_UNEXPECTED', effect: 'fail' },
  other: UNEXPECTED,
};

function advice(reason: FailureReason, { spn, provider, credentials, text }: LibraryFailure): string {
  const renew = provider === 'sspi' ? 'lock and unlock the session, or log on again' : 'run "kinit"';
  switch (reason) {
    case 'no-ticket':
      if (credentials === 'ccache') return 'the credential cache that was named holds no ticket: run "kinit -c" for it';
      return provider === 'sspi'
        ? 'the logged-in user has no credentials for the network: log on to the domain'
        : 'no Kerberos ticket: run "kinit user@REALM"';
    case 'ticket-expired':
      return `the Kerberos ticket has expired: ${renew}`;
    case 'ticket-unreadable':
      return `the credential cache cannot be read: look at its permissions and at KRB5CCNAME, then ${renew}`;
    case 'clock-skew':
      return 'the clock of this machine differs too much from that of the KDC or the server: synchronise them (NTP)';
    case 'unknown-service':
      return `the KDC knows no service ${spn}: register this name ("setspn", "kadmin addprinc"), or give the right one by the option "spn"`;
    case 'service-key':
      return `the server cannot read a ticket for ${spn}: its keytab is out of date, or the name belongs to another account`;
    case 'unknown-user':
      return 'the KDC does not know this user: look at the name and the realm';
    case 'wrong-password':
      return 'the KDC refused user name or password';
    case 'password-expired':
      return 'the password has expired: change it ("kpasswd")';
    case 'account-locked':
      return 'the account is locked, disabled or expired: ask its administrator';
    case 'no-key':
      return 'the keytab holds no key of this principal: look at "klist -k", and at the name of file and principal';
    case 'realm-unknown':
      return `the realm of ${spn} is not known: set default_realm, [realms] and [domain_realm] in krb5.conf, or publish the KDC in DNS (_kerberos._tcp)`;
    case 'kdc-unreachable':
      return 'no KDC of the realm answers: look at the network or VPN, and at [realms] in krb5.conf';
    case 'encryption-type':
      return `KDC and this machine share no encryption type for ${spn}: look at permitted_enctypes in krb5.conf and at the types of the account`;
    case 'channel-binding':
      return 'the server refuses the channel binding: something between ends TLS, or presents another certificate';
    case 'bad-token':
      return 'the token of the peer cannot be read';
    case 'bad-name':
      return `the library refuses the service name ${spn}`;
    case 'mutual':
      return `the peer did not prove to be ${spn}`;
    case 'refused':
      return `the policy of the KDC refuses a ticket for ${spn}`;
    case 'unsupported':
      return `the library does not support this sign-in: ${text}`;
    case 'call':
    case 'other':
      return `the security library failed: ${text === '' ? 'it does not say why' : text}`;
  }
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
