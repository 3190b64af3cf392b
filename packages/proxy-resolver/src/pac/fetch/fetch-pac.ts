import { parseUrl, systemClock } from '@netloom/contracts';
import { pacFetchFailed } from '../pac-error.js';
import { decodeText } from './charset.js';
import { readDataUrl } from './data-url.js';
import { readFileUrl } from './file-url.js';
import { readHttp } from './http.js';
import { PAC_FETCH_TIMEOUT, type PacBytes, type PacFetchOptions } from './types.js';

/**
 * Fetches a PAC script as Chromium does: without a proxy, a cache or sign-in, from http, https or data URLs, at most
 * 1 MiB in at most 30 s. Only status 200 counts. The media type does not matter; the character set is that of its
 * charset parameter, else of a byte order mark, else ISO-8859-1.
 *
 * @throws NetError that says what was wrong; the reason of the signal when that was aborted.
 */
export async function fetchPac(url: string, options: PacFetchOptions): Promise<string> {
  const { clock = systemClock, signal } = options;
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const timer = clock.setTimeout(() => timeout.abort(), PAC_FETCH_TIMEOUT);
  const stop = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    const { bytes, contentType } = await read(url, { ...options, signal: stop });
    return decodeText(bytes, contentType);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.signal.aborted) throw pacFetchFailed('ERR_TIMED_OUT', url, `no script within ${PAC_FETCH_TIMEOUT} ms`);
    throw error;
  } finally {
    timer.cancel();
  }
}

function read(url: string, options: PacFetchOptions & { readonly signal: AbortSignal }): Promise<PacBytes> {
  const parsed = parseUrl(url);
  if (parsed === undefined) throw pacFetchFailed('ERR_INVALID_URL', url, 'it is no URL');
  switch (parsed.protocol) {
    case 'http:':
    case 'https:':
      return readHttp(parsed, options);
    case 'data:':
      return readDataUrl(url);
    case 'file:':
      if (options.allowFile) return readFileUrl(parsed, options.signal);
      throw pacFetchFailed('ERR_DISALLOWED_URL_SCHEME', url, 'files are read only with the option allowFile');
    default:
      throw pacFetchFailed('ERR_DISALLOWED_URL_SCHEME', url, 'scripts come from http, https and data URLs');
  }
}
