import type { fetch as undiciFetch } from 'undici';
import * as undici from 'undici';
import { createNetloom } from './client.js';
import type { Open } from './contestant.js';
import { byFetch } from './over-dispatcher.js';
import { agentOf } from './undici.js';

/** Node's own fetch has other types than undici's, and the same shape. */
const nodeFetch = globalThis.fetch as unknown as typeof undiciFetch;

/** Node's fetch as it is; through a proxy with an agent of undici's. */
export const fetch: Open = (setting) => {
  const dispatcher = agentOf(undici, setting);
  const init = setting.proxy ? { dispatcher } : {};
  return { ...byFetch((url, options) => nodeFetch(url, { ...options, ...init })), close: () => dispatcher.destroy() };
};

/** Node's fetch with netloom's dispatcher. */
export const fetchOverNetloom: Open = (setting) => {
  const client = createNetloom(setting);
  const { dispatcher } = client;
  return {
    ...byFetch((url, options) => nodeFetch(url, { ...options, dispatcher: dispatcher as undici.Dispatcher })),
    close: () => client.destroy(),
  };
};
