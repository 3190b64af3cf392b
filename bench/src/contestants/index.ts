import type { Open } from './contestant.js';

/** A contestant's name → its code, loaded in the process that runs it and nowhere else. */
const CONTESTANTS = {
  'client.dispatch': async () => (await import('./client.js')).dispatch,
  'client.request': async () => (await import('./client.js')).request,
  'new client.request': async () => (await import('./client.js')).requestAnew,
  'client.fetch': async () => (await import('./client.js')).fetch,
  'fetch + dispatcher': async () => (await import('./built-in-fetch.js')).fetchOverNetloom,
  'net.request': async () => (await import('./net.js')).request,
  'net.fetch': async () => (await import('./net.js')).fetch,
  'undici.dispatch': async () => (await import('./undici.js')).dispatch,
  'undici.request': async () => (await import('./undici.js')).request,
  'undici.fetch': async () => (await import('./undici.js')).fetch,
  'undici 8 dispatch': async () => (await import('./undici8.js')).dispatch,
  'undici 8 request': async () => (await import('./undici8.js')).request,
  'undici 8 fetch': async () => (await import('./undici8.js')).fetch,
  fetch: async () => (await import('./built-in-fetch.js')).fetch,
  'node:http': async () => (await import('./node-http.js')).node,
  'proxy-agent': async () => (await import('./node-http.js')).proxyAgent,
  got: async () => (await import('./got.js')).open,
  axios: async () => (await import('./axios.js')).open,
  'node-fetch': async () => (await import('./node-fetch.js')).open,
  'axios-ntlm': async () => (await import('./ntlm-clients.js')).axiosNtlm,
  httpntlm: async () => (await import('./ntlm-clients.js')).httpntlm,
  'NTLM in netloom': async () => (await import('./ntlm-handshake.js')).open,
  'PAC in netloom': async () => (await import('./pac.js')).netloom,
  'PAC resolver of netloom': async () => (await import('./pac.js')).resolver,
  'PAC resolver that remembers': async () => (await import('./pac.js')).remembering,
  'pac-resolver': async () => (await import('./pac.js')).pacResolver,
  curl: async () => (await import('./curl.js')).open,
  Chromium: async () => (await import('./chromium.js')).open,
} satisfies Record<string, () => Promise<Open>>;

/** Who can be measured. */
export type ContestantName = keyof typeof CONTESTANTS;

/** The code of a contestant. */
export function contestant(name: ContestantName): Promise<Open> {
  return CONTESTANTS[name]();
}

/** netloom's own. */
export const OURS: readonly ContestantName[] = [
  'client.dispatch',
  'client.request',
  'new client.request',
  'client.fetch',
  'fetch + dispatcher',
  'net.request',
  'net.fetch',
  'NTLM in netloom',
  'PAC in netloom',
  'PAC resolver of netloom',
  'PAC resolver that remembers',
];
