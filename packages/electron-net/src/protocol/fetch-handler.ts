import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { NetError } from '@netloom/contracts';
import type { Answer } from './answer.js';
import type { AnswerRequest, HandledRequest } from './handlers.js';

/** What {@link Protocol.handle} takes. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Answers requests by a function of the Fetch standard's shape. */
export function answerByFetch(handler: FetchHandler): AnswerRequest {
  return async (request) => answerOf(await handler(toRequest(request)), request.url);
}

function toRequest({ url, method, headers: list, body, signal, initiatorOrigin }: HandledRequest): Request {
  const headers = new Headers();
  for (let i = 0; i + 1 < list.length; i += 2) headers.append(list[i] as string, list[i + 1] as string);
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
  const init = { method, headers, signal, ...(hasBody && { body: toStream(body), duplex: 'half' }) };
  const request = new Request(url, init as RequestInit);
  return initiatorOrigin === undefined
    ? request
    : Object.defineProperty(request, 'initiatorOrigin', { value: initiatorOrigin, configurable: true });
}

function toStream(body: AsyncIterable<Uint8Array>): unknown {
  return Readable.toWeb(Readable.from(body, { objectMode: false }));
}

/**
 * A response of the Fetch standard as an answer.
 *
 * @throws NetError for what is none, and for a network error.
 */
export function answerOf(response: Response, url: string): Answer {
  if (typeof response !== 'object' || response === null) {
    throw new NetError('ERR_UNEXPECTED', { url, detail: 'a handler has to return a Response' });
  }
  if (response.type === 'error') throw new NetError('ERR_FAILED', { url, detail: 'the handler returned an error' });
  const { status, statusText, headers, body } = response;
  if (response.bodyUsed) throw new NetError('ERR_UNEXPECTED', { url, detail: 'the body of the response was read' });
  return {
    status,
    statusText,
    fields: [...headers].flat(),
    body: body === null ? null : Readable.fromWeb(body as NodeReadableStream),
    // Those that a program makes have no URL.
    isPassedOn: response.url !== '',
  };
}
