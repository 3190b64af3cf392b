import { isNetError, NetError, type NetErrorCode, type NetErrorOptions } from '@netloom/contracts';
import { tlsAlertCode } from '../tls/tls-alerts.js';

/** How far an exchange had come when it failed. */
export interface ExchangeState {
  /** Whether a response head had come. */
  readonly responded: boolean;
  /** Framing of the response body, if one was being read. */
  readonly framing: 'chunked' | 'content-length' | 'until-close' | undefined;
}

const BY_CODE: Readonly<Record<string, NetErrorCode>> = {
  ECONNRESET: 'ERR_CONNECTION_RESET',
  EPIPE: 'ERR_CONNECTION_RESET',
  ECONNABORTED: 'ERR_CONNECTION_ABORTED',
  ETIMEDOUT: 'ERR_TIMED_OUT',
  EHOSTUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  ENETUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  ENETDOWN: 'ERR_INTERNET_DISCONNECTED',
  UND_ERR_HEADERS_TIMEOUT: 'ERR_TIMED_OUT',
  UND_ERR_BODY_TIMEOUT: 'ERR_TIMED_OUT',
  UND_ERR_HEADERS_OVERFLOW: 'ERR_RESPONSE_HEADERS_TOO_BIG',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ERR_CONTENT_LENGTH_MISMATCH',
  UND_ERR_INFO: 'ERR_CONNECTION_CLOSED',
  UND_ERR_DESTROYED: 'ERR_CONNECTION_CLOSED',
  UND_ERR_CLOSED: 'ERR_CONNECTION_CLOSED',
  ERR_HTTP2_SESSION_ERROR: 'ERR_HTTP2_PROTOCOL_ERROR',
  ERR_HTTP2_STREAM_ERROR: 'ERR_HTTP2_PROTOCOL_ERROR',
  ERR_HTTP2_ERROR: 'ERR_HTTP2_PROTOCOL_ERROR',
};

/** Names what went wrong on an established connection in Chromium's terms. A NetError is left as it is. */
export function exchangeError(error: unknown, state: ExchangeState, options: NetErrorOptions): NetError {
  if (isNetError(error)) return error;
  return new NetError(codeOf(error, state), { ...options, cause: error });
}

function codeOf(error: unknown, state: ExchangeState): NetErrorCode {
  const { code: given, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const code = String(given ?? '');
  if (code === 'UND_ERR_SOCKET') return closedCode(state);
  if (name === 'HTTPParserError') return parserCode(error as Error, state);
  return BY_CODE[code] ?? tlsAlertCode(error) ?? 'ERR_FAILED';
}

/** The peer closed the connection without an error of the socket. */
function closedCode({ responded, framing }: ExchangeState): NetErrorCode {
  if (!responded) return 'ERR_EMPTY_RESPONSE';
  if (framing === 'chunked') return 'ERR_INCOMPLETE_CHUNKED_ENCODING';
  return framing === 'content-length' ? 'ERR_CONTENT_LENGTH_MISMATCH' : 'ERR_CONNECTION_CLOSED';
}

/** undici's parser says what it stumbled over in words only. */
function parserCode({ message }: Error, state: ExchangeState): NetErrorCode {
  if (/overflow/i.test(message)) return 'ERR_RESPONSE_HEADERS_TOO_BIG';
  if (/EOF/.test(message)) return closedCode(state);
  return state.framing === 'chunked' ? 'ERR_INVALID_CHUNKED_ENCODING' : 'ERR_INVALID_HTTP_RESPONSE';
}
