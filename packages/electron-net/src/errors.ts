import { isNetError, type NetErrorCode } from '@netloom/contracts';

/**
 * An error as Electron hands it to programs: a plain Error whose message is exactly `net::` and Chromium's name. What
 * netloom knows beyond that is its `cause`.
 */
export function electronError(error: unknown): Error {
  if (!isNetError(error)) return error instanceof Error ? error : new Error(String(error));
  // A tunnel without credentials is a tunnel that was refused; of other requests the 407 is delivered.
  const isTunnel = error.code === 'ERR_PROXY_AUTH_REQUESTED' && error.url?.startsWith('https:');
  return netError(isTunnel ? 'ERR_TUNNEL_CONNECTION_FAILED' : error.code, error);
}

/** An error with exactly this code as its message. */
export function netError(code: NetErrorCode, cause?: unknown): Error {
  const error = new Error(`net::${code}`, cause === undefined ? undefined : { cause });
  // Programs compare such errors as a whole; a code of its own must not make a difference.
  return Object.defineProperty(error, 'code', { value: code, writable: true, configurable: true });
}
