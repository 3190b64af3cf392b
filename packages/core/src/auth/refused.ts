import { AuthError, NetError } from '@netloom/contracts';
import type { AuthEndpoint } from './endpoint.js';
import type { Selection } from './selection.js';

/** What a final 407 is to the caller of a request: which schemes were offered, tried, and why each failed. */
export function signInRefused(endpoint: AuthEndpoint, selection: Selection | undefined, url: string): AuthError {
  const { protocol, host, port } = endpoint;
  const code = selection?.usable === false ? 'ERR_PROXY_AUTH_UNSUPPORTED' : 'ERR_PROXY_AUTH_REQUESTED';
  const proxy = `${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { offered, failures, cause } = selection ?? { offered: [], failures: [], cause: undefined };
  return new AuthError(code, { url, proxy, offered, tried: failures, cause });
}

/** What a peer that never stops to ask is to the caller of a request. */
export function tooManyRounds(endpoint: AuthEndpoint, rounds: number, url: string): NetError {
  const detail = `the ${endpoint.target} asked for sign-in more than ${rounds} times`;
  return new NetError('ERR_TOO_MANY_RETRIES', { url, detail });
}
