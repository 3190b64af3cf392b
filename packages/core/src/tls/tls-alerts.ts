import type { NetErrorCode } from '@netloom/contracts';

/**
 * Chromium's name for an error of OpenSSL, such as an alert that the peer sent; undefined for an error that is none of
 * TLS. What is not listed is a breach of the protocol.
 */
export function tlsAlertCode(error: unknown): NetErrorCode | undefined {
  const reason = opensslReason(error);
  if (reason === undefined) return undefined;
  return (
    REASONS.get(reason.replace(/^(SSLV3|TLSV13|TLSV1|SSL\/TLS)_/, '').replace(/^ALERT_/, '')) ??
    'ERR_SSL_PROTOCOL_ERROR'
  );
}

const MISMATCH = 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH';
const BAD_CLIENT_CERTIFICATE = 'ERR_BAD_SSL_CLIENT_AUTH_CERT';

/** OpenSSL's reasons without the prefixes that differ between its versions. */
const REASONS: ReadonlyMap<string, NetErrorCode> = new Map<string, NetErrorCode>([
  ['HANDSHAKE_FAILURE', MISMATCH],
  ['PROTOCOL_VERSION', MISMATCH],
  ['INSUFFICIENT_SECURITY', MISMATCH],
  ['UNSUPPORTED_PROTOCOL', MISMATCH],
  ['NO_PROTOCOLS_AVAILABLE', MISMATCH],
  ['NO_CIPHERS_AVAILABLE', MISMATCH],
  ['NO_CIPHER_MATCH', MISMATCH],
  ['NO_SHARED_CIPHER', MISMATCH],
  ['WRONG_SSL_VERSION', MISMATCH],
  ['VERSION_TOO_LOW', MISMATCH],
  ['BAD_CERTIFICATE', BAD_CLIENT_CERTIFICATE],
  ['UNSUPPORTED_CERTIFICATE', BAD_CLIENT_CERTIFICATE],
  ['CERTIFICATE_REVOKED', BAD_CLIENT_CERTIFICATE],
  ['CERTIFICATE_EXPIRED', BAD_CLIENT_CERTIFICATE],
  ['CERTIFICATE_UNKNOWN', BAD_CLIENT_CERTIFICATE],
  ['UNKNOWN_CA', BAD_CLIENT_CERTIFICATE],
  ['ACCESS_DENIED', BAD_CLIENT_CERTIFICATE],
  ['CERTIFICATE_REQUIRED', 'ERR_SSL_CLIENT_AUTH_CERT_NEEDED'],
  ['BAD_RECORD_MAC', 'ERR_SSL_BAD_RECORD_MAC_ALERT'],
  ['DECRYPT_ERROR', 'ERR_SSL_DECRYPT_ERROR_ALERT'],
  ['UNRECOGNIZED_NAME', 'ERR_SSL_UNRECOGNIZED_NAME_ALERT'],
  ['NO_APPLICATION_PROTOCOL', 'ERR_ALPN_NEGOTIATION_FAILED'],
]);

/** The reason as upper-case words: from `ERR_SSL_…` or `ERR_OSSL_…`, or from the text of an EPROTO error of a write. */
function opensslReason(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return undefined;
  if (code.startsWith('ERR_SSL_')) return code.slice('ERR_SSL_'.length);
  if (code.startsWith('ERR_OSSL_')) return code.slice('ERR_OSSL_'.length); // malformed certificates and the like
  if (code !== 'EPROTO') return undefined;
  const reason = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(String(message))?.[1] ?? '';
  return reason.trim().toUpperCase().replaceAll(' ', '_');
}
