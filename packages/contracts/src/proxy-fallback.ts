import type { NetErrorCode } from './error-codes.js';
import type { ProxyRoute } from './proxy.js';

/**
 * Whether a failure on one route, before any byte of the request was sent, moves on to the next route of the list. The
 * errors are Chromium's: the proxy could not be reached or did not answer. A refused tunnel, failed sign-in and the
 * origin's TLS errors do not move on.
 */
export function isFallbackError(code: NetErrorCode, { proxy }: ProxyRoute): boolean {
  return FALLBACK.has(code) || (proxy?.scheme === 'quic' && QUIC_FALLBACK.has(code));
}

const FALLBACK: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  'ERR_PROXY_CONNECTION_FAILED',
  'ERR_NAME_NOT_RESOLVED',
  'ERR_INTERNET_DISCONNECTED',
  'ERR_ADDRESS_UNREACHABLE',
  'ERR_CONNECTION_CLOSED',
  'ERR_CONNECTION_TIMED_OUT',
  'ERR_CONNECTION_RESET',
  'ERR_CONNECTION_REFUSED',
  'ERR_CONNECTION_ABORTED',
  'ERR_TIMED_OUT',
  'ERR_SOCKS_CONNECTION_FAILED',
  'ERR_PROXY_CERTIFICATE_INVALID',
  'ERR_SSL_PROTOCOL_ERROR',
]);

// Errors that only QUIC proxies can have.
const QUIC_FALLBACK: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  'ERR_QUIC_PROTOCOL_ERROR',
  'ERR_QUIC_HANDSHAKE_FAILED',
  'ERR_MSG_TOO_BIG',
]);
