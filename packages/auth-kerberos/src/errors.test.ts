import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureReason, kerberosError, type LibraryFailure, SecurityLibraryError } from './errors.js';

const FAILURE = 13 << 16;
const failure = (changes: Partial<LibraryFailure>) =>
  kerberosError({ provider: 'gssapi', text: '', spn: 'HTTP@web.test', credentials: 'ambient', ...changes });
/** A minor code of Kerberos, as an unsigned number. */
const krb5 = (number: number) => (-1765328384 + number) >>> 0;

describe('codes of GSSAPI', () => {
  it.each([
    ['no cache', krb5(195), 'no-ticket', 'drop-identity', 'kinit'],
    ['an empty cache', krb5(141), 'no-ticket', 'drop-identity', 'kinit'],
    ['an expired ticket', krb5(32), 'ticket-expired', 'drop-identity', 'kinit'],
    ['clock skew', krb5(37), 'clock-skew', 'disable-scheme', 'NTP'],
    ['an unknown service', krb5(7), 'unknown-service', 'disable-scheme', 'HTTP@web.test'],
    ['an unknown user', krb5(6), 'unknown-user', 'drop-identity', 'realm'],
    ['a wrong password', krb5(24), 'wrong-password', 'drop-identity', 'password'],
    ['an expired password', krb5(23), 'password-expired', 'drop-identity', 'kpasswd'],
    ['a locked account', krb5(18), 'account-locked', 'drop-identity', 'administrator'],
    ['no key in the keytab', krb5(181), 'no-key', 'drop-identity', 'klist -k'],
    ['an unknown realm', krb5(154), 'realm-unknown', 'disable-scheme', 'krb5.conf'],
    ['a dead KDC', krb5(156), 'kdc-unreachable', 'disable-scheme', 'VPN'],
    ['an old keytab at the server', krb5(41), 'service-key', 'disable-scheme', 'keytab'],
  ] as const)('%s', (_, minor, reason, effect, words) => {
    const error = failure({ major: FAILURE, minor });
    expect(failureReason(error)).toBe(reason);
    expect(error).toMatchObject({ effect, detail: expect.stringContaining(words) });
    expect(error.cause).toMatchObject({ provider: 'gssapi', major: FAILURE, minor, reason });
    // As a signed number it is the same.
    expect(failureReason(failure({ major: FAILURE, minor: minor | 0 }))).toBe(reason);
  });
});

describe('words, where the numbers say nothing', () => {
  it.each([
    ['No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)', 'no-ticket'],
    ["Can't find client principal alice@CORP.TEST in cache collection: No credentials cache found", 'no-ticket'],
    ['Ticket expired', 'ticket-expired'],
    ['Server HTTP/web.test@CORP.TEST not found in Kerberos database', 'unknown-service'],
    ["Client 'mallory@CORP.TEST' not found in Kerberos database", 'unknown-user'],
    ['Preauthentication failed', 'wrong-password'],
    ['Cannot find KDC for realm "OTHER.TEST"', 'realm-unknown'],
    ['Cannot contact any KDC for realm CORP.TEST', 'kdc-unreachable'],
    ['Clock skew too great', 'clock-skew'],
    ['Incorrect channel bindings were supplied', 'channel-binding'],
    ['The specified target is unknown or unreachable', 'unknown-service'],
    ['No credentials are available in the security package', 'no-ticket'],
    ['Something new', 'other'],
  ])('%s', (text, reason) => {
    expect(failureReason(failure({ provider: 'kerberos', text }))).toBe(reason);
    expect(failureReason(failure({ major: FAILURE, minor: 100_005, text }))).toBe(reason);
  });
});

describe('codes of SSPI', () => {
  it.each([
    [0x8009030e, 'no-ticket', 'log on to the domain'],
    [0x80090303, 'unknown-service', 'setspn'],
    [0x80090324, 'clock-skew', 'NTP'],
    [0x80090311, 'kdc-unreachable', 'VPN'],
    [0x8009030c, 'wrong-password', 'refused'],
    [0x80090346, 'channel-binding', 'TLS'],
  ])('%i', (major, reason, words) => {
    const error = failure({ provider: 'sspi', major, spn: 'HTTP/web.test' });
    expect(failureReason(error)).toBe(reason);
    expect(error.detail).toContain(words);
    expect(failureReason(failure({ provider: 'sspi', major: major | 0 }))).toBe(reason);
  });
});

it('shows codes and words of the library, without what steers a terminal', () => {
  const error = failure({ major: FAILURE, minor: 7, text: `\u001b[31mred\n${'x'.repeat(1000)}` });
  expect(error.cause).toBeInstanceOf(SecurityLibraryError);
  const shown = inspect(error.cause);
  expect(shown).toContain('gssapi: [31mred xxx');
  expect(shown).toContain('0x000d0000, 0x00000007');
  expect((error.cause as Error).message.length).toBeLessThan(400);
});

it('has a reason only where a library gave one', () => {
  expect(failureReason(new Error('x', { cause: new Error('y') }))).toBeUndefined();
  expect(failureReason(undefined)).toBeUndefined();
});

it('says for each kind of failure what to do, in words of its own', () => {
  const numbers = [7, 12, 14, 18, 23, 24, 32, 37, 41, 46, 154, 156, 181, 193, 195];
  const texts = numbers.map((number) => failure({ major: FAILURE, minor: krb5(number) }).detail);
  expect(new Set(texts).size).toBe(numbers.length);
});
