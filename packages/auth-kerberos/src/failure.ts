/**
 * Why a library could not sign in, in the words that a program can act on. What a user is to do about each is in
 * `errors.ts`.
 */
export type FailureReason =
  | 'no-ticket'
  | 'ticket-expired'
  | 'ticket-unreadable'
  | 'clock-skew'
  | 'unknown-service'
  | 'service-key'
  | 'unknown-user'
  | 'wrong-password'
  | 'password-expired'
  | 'account-locked'
  | 'no-key'
  | 'realm-unknown'
  | 'kdc-unreachable'
  | 'encryption-type'
  | 'channel-binding'
  | 'bad-token'
  | 'bad-name'
  | 'mutual'
  | 'refused'
  | 'unsupported'
  | 'call'
  | 'other';

/** First code of the Kerberos table of errors (com_err); what follows are the numbers of RFC 4120 section 7.5.9. */
const KRB5_BASE = -1765328384;

/** Minor codes of MIT Kerberos and Heimdal, counted from {@link KRB5_BASE}. */
const KRB5: Readonly<Record<number, FailureReason>> = {
  1: 'account-locked',
  2: 'unknown-service',
  6: 'unknown-user',
  7: 'unknown-service',
  12: 'refused',
  14: 'encryption-type',
  18: 'account-locked',
  19: 'unknown-service',
  20: 'ticket-expired',
  23: 'password-expired',
  24: 'wrong-password',
  32: 'ticket-expired',
  33: 'clock-skew',
  35: 'service-key',
  36: 'service-key',
  37: 'clock-skew',
  41: 'service-key',
  44: 'service-key',
  45: 'service-key',
  46: 'mutual',
  67: 'no-ticket',
  68: 'realm-unknown',
  134: 'bad-name',
  135: 'realm-unknown',
  139: 'ticket-unreadable',
  140: 'ticket-unreadable',
  141: 'no-ticket',
  142: 'no-ticket',
  148: 'clock-skew',
  150: 'encryption-type',
  154: 'realm-unknown',
  155: 'unknown-service',
  156: 'kdc-unreachable',
  158: 'mutual',
  181: 'no-key',
  185: 'no-ticket',
  193: 'ticket-unreadable',
  194: 'ticket-unreadable',
  195: 'no-ticket',
  199: 'ticket-unreadable',
  200: 'encryption-type',
  203: 'no-ticket',
  217: 'realm-unknown',
  220: 'kdc-unreachable',
  224: 'realm-unknown',
  236: 'encryption-type',
  237: 'encryption-type',
  243: 'realm-unknown',
};

/** Routine errors of GSSAPI (RFC 2744 section 3.9.1), bits 16 to 23 of the major code. */
const GSS_ROUTINE: Readonly<Record<number, FailureReason>> = {
  1: 'unsupported',
  2: 'bad-name',
  3: 'bad-name',
  4: 'channel-binding',
  6: 'bad-token',
  7: 'no-ticket',
  9: 'bad-token',
  10: 'ticket-unreadable',
  11: 'ticket-expired',
  12: 'ticket-expired',
  15: 'refused',
  16: 'unsupported',
};

/** Codes of SSPI (winerror.h). */
const SSPI: Readonly<Record<number, FailureReason>> = {
  2148074242: 'unsupported',
  2148074243: 'unknown-service',
  2148074245: 'unsupported',
  2148074248: 'bad-token',
  2148074252: 'wrong-password',
  2148074253: 'no-ticket',
  2148074254: 'no-ticket',
  2148074255: 'bad-token',
  2148074257: 'kdc-unreachable',
  2148074263: 'ticket-expired',
  2148074272: 'bad-token',
  2148074274: 'service-key',
  2148074276: 'clock-skew',
  2148074280: 'ticket-expired',
  2148074289: 'encryption-type',
  2148074306: 'encryption-type',
  2148074310: 'channel-binding',
  2148074320: 'kdc-unreachable',
  2148074339: 'mutual',
  2148074334: 'refused',
};

/**
 * What libraries say where their numbers say nothing: MIT Kerberos renumbers minor codes that pass through SPNEGO, and
 * the `kerberos` package hands on the text only.
 */
const TEXTS: readonly (readonly [RegExp, FailureReason])[] = [
  [/key ?table|keytab/i, 'no-key'],
  [
    /no credentials cache|credentials? cache (file )?.*not found|no kerberos credentials|no credentials were|no such file/i,
    'no-ticket',
  ],
  [/matching credential not found|credential cache is empty|no ticket|did not supply a ticket/i, 'no-ticket'],
  [/no credentials are available|no valid credentials|SEC_E_NO_CREDENTIALS/i, 'no-ticket'],
  [/password has expired|password incorrect.*expired/i, 'password-expired'],
  [/ticket.*expired|credentials? (have |has )?expired|TKT_EXPIRED/i, 'ticket-expired'],
  [/clock skew|time skew|not yet valid/i, 'clock-skew'],
  [/server .*(not found|unknown)|specified target is unknown|kerberos service unknown/i, 'unknown-service'],
  [/client .*(not found|unknown)/i, 'unknown-user'],
  [/preauthentication failed|password incorrect|logon (attempt failed|denied)|decrypt integrity/i, 'wrong-password'],
  [/credentials have been revoked|locked|entry in database has expired/i, 'account-locked'],
  [
    /cannot find kdc|unable to (find|reach) realm|default realm|cannot determine realm|realm not local/i,
    'realm-unknown',
  ],
  [
    /cannot contact any kdc|resolve network address for kdc|unable to reach any (kdc|changepw)|no authority could be contacted/i,
    'kdc-unreachable',
  ],
  [/encryption type|etype/i, 'encryption-type'],
  [/channel bindings?/i, 'channel-binding'],
  [/mutual authentication failed/i, 'mutual'],
  [/permission denied|cache permissions|bad format in cred/i, 'ticket-unreadable'],
  [/invalid token|defective token|token (was|is) invalid/i, 'bad-token'],
];

/** What is known of a failure. */
export interface FailureFacts {
  /** Which table the codes are of; `text` where there are none. */
  readonly api: 'gssapi' | 'sspi' | 'text';
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

/** Whether a major status of GSSAPI is an error; the lower bits only inform (RFC 2744 section 3.9.1). */
export function isGssError(major: number): boolean {
  return major >>> 16 !== 0;
}

/** Finds out why a library failed. */
export function reasonOf({ api, major, minor, text }: FailureFacts): FailureReason {
  if (api === 'sspi') return SSPI[major >>> 0] ?? byText(text) ?? 'other';
  if (api === 'gssapi' && major >>> 24 !== 0) return 'call';
  const offset = (minor | 0) - KRB5_BASE;
  const byMinor = api === 'gssapi' ? KRB5[offset] : undefined;
  const byMajor = api === 'gssapi' ? GSS_ROUTINE[(major >>> 16) & 0xff] : undefined;
  return byMinor ?? byText(text) ?? byMajor ?? 'other';
}

function byText(text: string): FailureReason | undefined {
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1];
}
