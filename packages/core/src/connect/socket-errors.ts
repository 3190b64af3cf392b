import { isNetError, NetError, type NetErrorCode } from '@netloom/contracts';
import { tlsAlertCode } from '../tls/tls-alerts.js';

/**
 * Where on the way a socket failed.
 *
 * - `connect`: name look-up and TCP, to the proxy if there is one
 * - `proxy-tls`: TLS handshake with an HTTPS proxy
 * - `tunnel`: exchange of CONNECT and its answer
 * - `socks`: SOCKS handshake
 * - `origin-tls`: TLS handshake with the origin
 * - `transfer`: after the connection was opened
 */
export type SocketStage = 'connect' | 'proxy-tls' | 'tunnel' | 'socks' | 'origin-tls' | 'transfer';

/** What an error names besides what went wrong. */
export interface ErrorPlace {
  /** URL of the request, or of its origin. */
  readonly url?: string | URL | undefined;
  /** The proxy of the route as `scheme://host:port`, if any. */
  readonly proxy?: string | undefined;
}

/** What was going on when a socket failed. */
export interface SocketErrorContext extends ErrorPlace {
  readonly stage: SocketStage;
}

/** The peer ended its side of the connection in the middle of a step. */
export class PeerClosedError extends Error {
  /** In the manner of system errors. */
  readonly code = 'EPEERCLOSED';

  constructor() {
    super('the peer closed the connection');
    this.name = 'PeerClosedError';
  }
}

/**
 * The {@link NetError} for an error of a socket, a look-up or a TLS handshake, with the original as its `cause`. A
 * NetError is returned as it is.
 *
 * As in Chromium, whatever keeps the proxy from being reached is `ERR_PROXY_CONNECTION_FAILED`, and whatever a SOCKS
 * handshake trips over is `ERR_SOCKS_CONNECTION_FAILED`, so that a list of proxies can tell a failed proxy from a
 * failed origin.
 */
export function socketError(error: unknown, { stage, proxy, url }: SocketErrorContext): NetError {
  if (isNetError(error)) return error;
  return new NetError(codeFor(error, stage, proxy !== undefined), {
    url,
    proxy,
    cause: error,
    detail: error instanceof Error ? error.message.trim() : undefined,
  });
}

function codeFor(error: unknown, stage: SocketStage, proxied: boolean): NetErrorCode {
  if (stage === 'proxy-tls' || (stage === 'connect' && proxied)) return 'ERR_PROXY_CONNECTION_FAILED';
  if (stage === 'socks') return 'ERR_SOCKS_CONNECTION_FAILED';
  const named = tlsAlertCode(error) ?? SYSTEM_ERRORS.get(systemCode(error) ?? '');
  if (named === 'ERR_CONNECTION_RESET' && stage === 'origin-tls' && isEndOfStream(error))
    return 'ERR_CONNECTION_CLOSED';
  if (named !== undefined) return named;
  if (error instanceof PeerClosedError) return stage === 'tunnel' ? 'ERR_EMPTY_RESPONSE' : 'ERR_CONNECTION_CLOSED';
  return stage === 'connect' ? 'ERR_CONNECTION_FAILED' : 'ERR_FAILED';
}

/** Node reports a close before the end of a handshake as ECONNRESET too, but made it up without a system call. */
function isEndOfStream(error: unknown): boolean {
  return (error as { syscall?: unknown }).syscall === undefined;
}

const SYSTEM_ERRORS: ReadonlyMap<string, NetErrorCode> = new Map<string, NetErrorCode>([
  ['ENOTFOUND', 'ERR_NAME_NOT_RESOLVED'],
  ['ENODATA', 'ERR_NAME_NOT_RESOLVED'],
  ['EAI_AGAIN', 'ERR_NAME_NOT_RESOLVED'],
  ['EAI_FAIL', 'ERR_NAME_NOT_RESOLVED'],
  ['EAI_NODATA', 'ERR_NAME_NOT_RESOLVED'],
  ['EAI_NONAME', 'ERR_NAME_NOT_RESOLVED'],
  ['ESERVFAIL', 'ERR_NAME_NOT_RESOLVED'],
  ['ECONNREFUSED', 'ERR_CONNECTION_REFUSED'],
  ['ECONNRESET', 'ERR_CONNECTION_RESET'],
  ['EPIPE', 'ERR_CONNECTION_RESET'],
  ['ECONNABORTED', 'ERR_CONNECTION_ABORTED'],
  ['EHOSTUNREACH', 'ERR_ADDRESS_UNREACHABLE'],
  ['ENETUNREACH', 'ERR_ADDRESS_UNREACHABLE'],
  ['EHOSTDOWN', 'ERR_ADDRESS_UNREACHABLE'],
  ['EAFNOSUPPORT', 'ERR_ADDRESS_UNREACHABLE'],
  ['EADDRNOTAVAIL', 'ERR_ADDRESS_INVALID'],
  ['EINVAL', 'ERR_ADDRESS_INVALID'],
  ['ENETDOWN', 'ERR_INTERNET_DISCONNECTED'],
  ['ETIMEDOUT', 'ERR_CONNECTION_TIMED_OUT'],
  ['EACCES', 'ERR_NETWORK_ACCESS_DENIED'],
  ['EPERM', 'ERR_NETWORK_ACCESS_DENIED'],
  ['EMFILE', 'ERR_INSUFFICIENT_RESOURCES'],
  ['ENFILE', 'ERR_INSUFFICIENT_RESOURCES'],
  ['ENOBUFS', 'ERR_INSUFFICIENT_RESOURCES'],
  ['ENOMEM', 'ERR_OUT_OF_MEMORY'],
]);

function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
