/**
 * What of undici's code is there from the start. This file and `undici-client.ts` are the only ones that know it by its
 * parts, so that moving to another version is one change. Types are imported wherever they are needed.
 */
import type { Dispatcher as DispatcherType } from 'undici';
import api from 'undici/lib/api/index.js';
import BareDispatcher from 'undici/lib/dispatcher/dispatcher.js';

// undici's index gives the class these methods, too, when it is loaded.
Object.assign(BareDispatcher.prototype, api);

/** undici's Dispatcher, the very class that its index exports. */
export const Dispatcher: typeof DispatcherType = BareDispatcher;

/** `fetch` as undici has it. */
export type Fetch = typeof import('undici').fetch;

let fetch: Fetch | undefined;

/** undici's `fetch`, which is loaded with the rest of undici when it is first called; at once when it is there. */
export function loadFetch(): Fetch | Promise<Fetch> {
  return fetch ?? import('undici').then((undici) => (fetch = undici.fetch));
}
