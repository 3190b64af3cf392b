import { parseUrl } from '@netloom/contracts';
import type { Layer } from '@netloom/core';
import { whenReady } from '@netloom/core/interceptors';
import { type Answer, serveAnswer } from '../protocol/answer.js';
import type { WebRequestListeners } from './listeners.js';
import { WATCHED, watchedOptions } from './watched-request.js';

/** Stands below `redirect`: asks whether a request may be made, and where to. */
export function askingBeforeRequests(listeners: WebRequestListeners): Layer {
  return (dispatch) => (options, handler) => {
    const watched = watchedOptions(options);
    const request = watched[WATCHED];
    if (request === undefined) return dispatch(options, handler);
    request.goTo(watched);
    const asked = listeners.ask('onBeforeRequest', request, () => ({ uploadData: request.uploadData }));
    if (asked === undefined) return dispatch(options, handler);
    whenReady(asked, handler, ({ redirectURL }) => {
      // Whoever opens a WebSocket follows no redirect.
      if (!redirectURL || options.upgrade) dispatch(options, handler);
      else serveAnswer(internalRedirect(String(redirectURL)), handler);
    });
    return true;
  };
}

/** The answer by which Chromium sends a request elsewhere. */
function internalRedirect(to: string): Answer {
  const location = parseUrl(to)?.href ?? to;
  const fields = ['Location', location, 'Non-Authoritative-Reason', 'WebRequest API'];
  return { status: 307, statusText: 'Internal Redirect', fields, body: null };
}
