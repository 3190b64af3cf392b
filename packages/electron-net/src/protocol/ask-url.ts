import { fetchWith } from '../net/fetch.js';
import type { RequestContext } from '../net/request-context.js';
import type { Session } from '../session/session.js';
import { answerOf } from './fetch-handler.js';
import type { AskUrl } from './legacy-handler.js';

/** Answers by what another URL answers, in the given session where no other one is named. */
export function askUrlIn(context: RequestContext, contextOf: (session: Session) => RequestContext): AskUrl {
  return async ({ url = '', method: given, referrer, session, uploadData }, request) => {
    const method = (given ?? request.method).toUpperCase();
    const headers = new Headers();
    if (referrer) headers.set('referer', referrer);
    if (uploadData?.contentType) headers.set('content-type', uploadData.contentType);
    const content = uploadData?.data ?? request.upload;
    const body = content !== undefined && method !== 'GET' && method !== 'HEAD' ? { body: content } : {};
    const init = { method, headers, signal: request.signal, bypassCustomProtocolHandlers: true, ...body };
    return answerOf(await fetchWith(session ? contextOf(session) : context, url, init as RequestInit), request.url);
  };
}
