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

/**
 * What undici's WebSocket asks its dispatcher for: a message may have this many bytes, and pieces. A few bytes can be
 * inflated to any length. The values are those of undici's own dispatchers.
 */
export const WEB_SOCKET_LIMITS = { maxPayloadSize: 128 * 1024 * 1024, maxFragments: 128 * 1024 } as const;

/**
 * undici's WebSocket, which is loaded with the rest of undici: for who wraps it, or wants none of it while there is no
 * WebSocket. Its frames and its state are undici's; connections, proxies and sign-in are those of the dispatcher that it is
 * given.
 *
 * @example
 * ```ts
 * import { createClient, loadWebSocket } from '@netloom/core';
 *
 * const { dispatcher } = createClient({ proxy: 'http://proxy.test:3128' });
 * const WebSocket = await loadWebSocket();
 * const socket = new WebSocket('wss://example.org/', { dispatcher });
 * socket.addEventListener('message', ({ data }) => console.log(data));
 * ```
 */
export async function loadWebSocket(): Promise<typeof import('undici').WebSocket> {
  const { WebSocket } = await import('undici');
  return WebSocket;
}
