import { isNetError, NetError } from '@netloom/contracts';
import type { Client, Layer } from '@netloom/core';
import { PassingHandler, whenReady } from '@netloom/core/interceptors';
import { fieldOf } from '../net/header-list.js';
import { OutgoingFields } from '../net/outgoing-fields.js';
import { WATCHED, type WatchedOptions, watchedOptions } from '../web-request/watched-request.js';
import { type Answer, discardBody, serveAnswer } from './answer.js';
import { fileAnswer } from './file-answer.js';
import type { AnswerRequest, HandledRequest, ProtocolHandlers } from './handlers.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onRequestStart']>>[0];

/** Fields that say how a body is carried, which is over when a handler gets it. */
const OF_THE_BODY = new Set(['content-length', 'transfer-encoding']);

/**
 * Stands above all that the network needs: has the program's own handlers answer, reads files, and lets only http and
 * https pass.
 *
 * @param showing - the layer that shows header fields, for http and https requests that are answered here.
 */
export function handling(handlers: ProtocolHandlers, showing: Layer): Layer {
  return (dispatch) => (options, handler) => {
    const origin = String(options.origin);
    const isHttp = origin.startsWith('http:') || origin.startsWith('https:');
    if (isHttp && (handlers.isEmpty || options.upgrade)) return dispatch(options, handler);
    const { opaque, [WATCHED]: request } = watchedOptions(options);
    const bypasses = opaque instanceof OutgoingFields && opaque.bypassesHandlers;
    const found = bypasses ? undefined : handlers.find(origin.slice(0, origin.indexOf(':')));
    if (isHttp && found === undefined) return dispatch(options, handler);
    if (request !== undefined) request.isServedHere = true;
    const ask = found ?? builtIn(origin);
    const answering: typeof dispatch = (shown, handler) => answer(ask, watchedOptions(shown), handler);
    return (isHttp ? showing(answering) : answering)(options, handler);
  };
}

function builtIn(origin: string): AnswerRequest {
  if (origin.startsWith('file:')) return fileAnswer;
  return async ({ url }) => {
    throw new NetError('ERR_UNKNOWN_URL_SCHEME', { url });
  };
}

function answer(ask: AnswerRequest, options: WatchedOptions, handler: Handler): boolean {
  const aborting = new AbortController();
  const request = requestOf(options, aborting.signal);
  const asked = Promise.resolve(request)
    .then(ask)
    .then((made) => checked(made, request.url));
  const failing = asked.catch((cause: unknown) => {
    throw isNetError(cause) ? cause : new NetError('ERR_UNEXPECTED', { url: request.url, cause });
  });
  // What comes after the request was given up is nobody's.
  aborting.signal.addEventListener(
    'abort',
    () => void asked.then(({ body }) => discardBody(body)).catch(() => undefined),
  );
  const told = new AbortTold(handler, aborting);
  whenReady(failing, told, (made) => {
    const isBodiless = options.method === 'HEAD';
    if (isBodiless) discardBody(made.body);
    serveAnswer(isBodiless ? { ...made, body: null } : made, told);
  });
  return true;
}

/** @throws NetError for a status by which no response would come. */
function checked(made: Answer, url: string): Answer {
  const { status, body } = made;
  if (Number.isInteger(status) && status >= 200 && status <= 999) return made;
  discardBody(body);
  throw new NetError('ERR_UNEXPECTED', { url, detail: `a response cannot have the status ${status}` });
}

function requestOf(options: WatchedOptions, signal: AbortSignal): HandledRequest {
  const { opaque, body, method } = options;
  const fields = opaque instanceof OutgoingFields ? opaque : undefined;
  const headers: string[] = [];
  for (let i = 0; i + 1 < options.headers.length; i += 2) {
    const [name, value] = [options.headers[i] as string, options.headers[i + 1] as string];
    if (!OF_THE_BODY.has(name.toLowerCase())) headers.push(name, value);
  }
  return {
    url: String(options.origin) + options.path,
    method,
    headers,
    referrer: fieldOf(options.headers, 'referer') ?? '',
    initiatorOrigin: fields?.initiator,
    body: body as AsyncIterable<Uint8Array> | undefined,
    upload: body === undefined ? undefined : fields?.upload,
    signal,
  };
}

/** Tells a handler of a scheme that its answer is not wanted any more. */
class AbortTold extends PassingHandler {
  readonly #aborting: AbortController;

  constructor(handler: Handler, aborting: AbortController) {
    super(handler);
    this.#aborting = aborting;
  }

  override onResponseError(controller: Controller, error: Error): void {
    if (controller.aborted) this.#aborting.abort(error);
    super.onResponseError(controller, error);
  }
}
