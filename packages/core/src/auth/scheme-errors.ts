import {
  AuthError,
  type AuthScheme,
  isNetError,
  isSchemeError,
  type NetError,
  type NetErrorCode,
  type SchemeErrorEffect,
} from '@netloom/contracts';

/** Codes by which security libraries say that the identity is at fault. */
const IDENTITY_CODES: ReadonlySet<NetErrorCode> = new Set([
  'ERR_INVALID_HANDLE',
  'ERR_INVALID_AUTH_CREDENTIALS',
  'ERR_MISSING_AUTH_CREDENTIALS',
]);

/** Codes by which they say that they cannot be used here, whoever signs in. */
const LIBRARY_CODES: ReadonlySet<NetErrorCode> = new Set([
  'ERR_UNSUPPORTED_AUTH_SCHEME',
  'ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS',
  'ERR_UNDOCUMENTED_SECURITY_LIBRARY_STATUS',
  'ERR_MISCONFIGURED_AUTH_ENVIRONMENT',
]);

/** What is to be done after a scheme threw. An error that says nothing of the kind fails the request. */
export function effectOf(error: unknown, scheme: AuthScheme): SchemeErrorEffect {
  if (isSchemeError(error)) return error.effect;
  if (!isNetError(error)) return 'fail';
  if (IDENTITY_CODES.has(error.code)) return takesExplicitIdentity(scheme) ? 'drop-identity' : 'disable-scheme';
  return LIBRARY_CODES.has(error.code) ? 'disable-scheme' : 'fail';
}

/** The reason that a scheme gave for an error, for {@link AuthError.tried}. */
export function reasonOf(error: unknown): string {
  return isNetError(error) ? (error.detail ?? error.code) : 'the scheme failed';
}

/** The error that the caller of a request sees when a scheme fails it. */
export function asFailure(error: unknown, scheme: AuthScheme, url: string): NetError {
  if (isNetError(error)) return error;
  return new AuthError('ERR_UNEXPECTED', { url, detail: `the ${scheme.name} scheme failed`, cause: error });
}

/** Whether a scheme can sign somebody in by name and password. */
export function takesExplicitIdentity(scheme: AuthScheme): boolean {
  return scheme.connectionBound ? (scheme.identities?.explicit ?? true) : scheme.usesIdentity !== false;
}

/** Whether a scheme can sign the logged-in user in. */
export function takesAmbientIdentity(scheme: AuthScheme): boolean {
  return scheme.connectionBound && (scheme.identities?.ambient ?? false);
}

/** Thrown when a scheme does not keep its contract. */
export function brokenContract(scheme: AuthScheme, what: string): NetError {
  return new AuthError('ERR_UNEXPECTED', { detail: `the ${scheme.name} scheme ${what}` });
}
