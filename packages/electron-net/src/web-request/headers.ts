import type { Client, Layer } from '@netloom/core';
import { whenReady } from '@netloom/core/interceptors';
import { fieldOf, toFieldList, toFieldRecord } from '../net/header-list.js';
import { HeldResponse } from './held-response.js';
import type { WebRequestListeners } from './listeners.js';
import { WATCHED, type WatchedRequest, watchedOptions } from './watched-request.js';

type Handler = Parameters<Client['dispatch']>[1];

/** Fields that say how the request is carried, which is not for listeners to change. */
const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Stands next to what answers requests: shows the header fields that are sent and those that come, to be changed. */
export function showingHeaders(listeners: WebRequestListeners): Layer {
  return (dispatch) => (options, handler) => {
    const { headers, [WATCHED]: request } = watchedOptions(options);
    if (request === undefined) return dispatch(options, handler);
    const send = (sent: readonly string[]) => {
      listeners.tell('onSendHeaders', request, () => ({ requestHeaders: visible(sent) }));
      const changed = sent === headers ? options : { ...options, headers: sent as string[] };
      return dispatch(changed, responseHandler(handler, request, listeners));
    };
    const asked = listeners.ask('onBeforeSendHeaders', request, () => {
      const { uploadData } = request;
      return { requestHeaders: visible(headers), ...(uploadData.length === 0 ? {} : { uploadData }) };
    });
    if (asked === undefined) return send(headers);
    whenReady(asked, handler, ({ requestHeaders }) => {
      send(typeof requestHeaders === 'object' && requestHeaders !== null ? replaced(headers, requestHeaders) : headers);
    });
    return true;
  };
}

function responseHandler(handler: Handler, request: WatchedRequest, listeners: WebRequestListeners): Handler {
  return new HeldResponse(handler, (status, message, fields, controller) => {
    request.onAnswered();
    return listeners.ask('onHeadersReceived', request, () => {
      const { fromCache: _fromCache, ...response } = request.response(status, message, fields, controller);
      return response;
    });
  });
}

function visible(headers: readonly string[]): Record<string, string> {
  return toFieldRecord(headers, (name) => !OF_THE_CONNECTION.has(name));
}

/** The fields that a listener wants, as far as they can be sent, and those that it was not shown. */
function replaced(headers: readonly string[], wanted: object): string[] {
  const list = toFieldList(wanted, (name) => !OF_THE_CONNECTION.has(name));
  for (const name of OF_THE_CONNECTION) {
    const value = fieldOf(headers, name);
    if (value !== undefined) list.push(name, value);
  }
  return list;
}
