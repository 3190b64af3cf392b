import { NetError, type NetErrorCode, parseUrl } from '@netloom/contracts';

/**
 * `ERR_PAC_SCRIPT_FAILED` with the name of the script and what was wrong.
 *
 * @param name - as {@link pacName} gives it; empty when no script is to blame.
 */
export function pacScriptFailed(name: string, message: string, cause?: unknown): NetError {
  const script = name === '' ? 'PAC' : `PAC script ${name}`;
  return new NetError('ERR_PAC_SCRIPT_FAILED', { detail: `${script}: ${message}`, cause });
}

/** An error about a PAC script that could not be fetched from `url`. */
export function pacFetchFailed(code: NetErrorCode, url: string, detail: string, cause?: unknown): NetError {
  const name = pacName(url);
  return new NetError(code, { url: name, detail: `PAC script ${name}: ${detail}`, cause });
}

/** How a PAC script is called in messages: its URL without user info and query, and not the text of a data URL. */
export function pacName(url: string): string {
  if (url.startsWith('data:')) return 'data:…';
  const parsed = parseUrl(url);
  if (parsed === undefined) return url;
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}
