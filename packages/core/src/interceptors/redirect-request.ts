import { NetError } from '@netloom/contracts';
import { isBlob, isFormData, ReplayBody } from '../body/replay.js';
import { type HeaderList, withHeader, withoutHeaders } from '../http/headers.js';
import { identityOf } from '../http/url-identity.js';
import { type AnyOptions, headersOf, URL_FRAGMENT, URL_IDENTITY } from './internal.js';
import { originOfUrl } from './redirect-target.js';

/** Fields that were meant for one origin. */
const BOUND_TO_ORIGIN = new Set(['authorization', 'proxy-authorization', 'cookie', 'host']);

/**
 * The request that follows a redirect (RFC 9110 section 15.4). Its options are made when asked for, because that gives up
 * a body which is not sent again.
 */
export function nextRequest(status: number, options: AnyOptions, from: URL, to: URL) {
  const method = nextMethod(status, options.method);
  return {
    method,
    /** @throws NetError when the body has to be sent again and cannot be. */
    options: () => {
      const keepsBody = method === options.method && (status !== 303 || !options.body);
      const crossesOrigin = originOfUrl(from) !== originOfUrl(to);
      const next = {
        ...options,
        origin: originOfUrl(to),
        path: to.pathname + to.search,
        query: undefined,
        method,
        headers: nextHeaders(headersOf(options), crossesOrigin, keepsBody) as string[],
        body: keepsBody ? sentAgain(options.body, status, from) : givenUp(options.body),
        [URL_IDENTITY]: crossesOrigin ? undefined : (identityOf(to) ?? options[URL_IDENTITY]),
        [URL_FRAGMENT]: to.hash === '' ? undefined : to.hash,
      };
      return next as unknown as AnyOptions;
    },
  };
}

function nextMethod(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}

function nextHeaders(headers: HeaderList, crossesOrigin: boolean, keepsBody: boolean): HeaderList {
  if (keepsBody && !crossesOrigin) return headers;
  const kept = withoutHeaders(headers, (name) => {
    if (crossesOrigin && BOUND_TO_ORIGIN.has(name)) return true;
    return !keepsBody && (name.startsWith('content-') || name === 'transfer-encoding' || name === 'origin');
  });
  const hasOrigin = crossesOrigin && kept.some((text, i) => i % 2 === 0 && text.toLowerCase() === 'origin');
  // Whoever asks on behalf of two origins speaks for neither (RFC 6454 section 7.3).
  return hasOrigin ? withHeader(kept, 'origin', 'null') : kept;
}

function sentAgain(body: AnyOptions['body'], status: number, from: URL): AnyOptions['body'] & null {
  if (isReplayable(body)) return body as never;
  throw new NetError('ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED', {
    url: from,
    detail: `${status} asks for the body once more, and it could be read only once; give it as bytes or as a function`,
  });
}

function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string' || body instanceof ArrayBuffer) return true;
  return body instanceof ReplayBody ? body.canReplay() : ArrayBuffer.isView(body) || isBlob(body) || isFormData(body);
}

function givenUp(body: unknown): undefined {
  if (body instanceof ReplayBody) body.dispose();
  return undefined;
}
