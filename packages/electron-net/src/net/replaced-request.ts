import type { Net } from './net.js';

let known: { readonly net: Net; readonly request: Net['request'] } | undefined;

/** Says which `net` makes the requests of sessions; called once, before a program can change anything. */
export function keepTrackOf(net: Net): void {
  known = { net, request: net.request };
}

/**
 * What a program has put in the place of `net.request`; undefined: nothing. Requests of `fetch` are made by it, as they
 * are in Electron, so that who watches the one sees the other.
 */
export function replacedRequest(): Net['request'] | undefined {
  return known === undefined || known.net.request === known.request ? undefined : known.net.request;
}
