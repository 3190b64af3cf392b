import * as undici from 'undici';
import { type Open, type Setting, without } from './contestant.js';
import { byDispatch, byFetch, byRequest } from './over-dispatcher.js';

type Undici = Pick<typeof undici, 'Agent' | 'ProxyAgent' | 'Socks5ProxyAgent' | 'interceptors' | 'request' | 'fetch'>;

/** The agent that undici has for a setting. */
export function agentOf(library: Undici, setting: Setting): undici.Dispatcher {
  without(setting, 'signIn', 'pac');
  return setting.proxy ? proxyAgent(library, setting.proxy, setting) : new library.Agent(poolOf(setting));
}

/** HTTP/2 of undici 7 has one stream per connection unless it is allowed to pipeline. */
function poolOf({ connections, http2 }: Setting) {
  return http2 ? { allowH2: true, connections: 1, pipelining: 100 } : { allowH2: false, connections };
}

function proxyAgent(library: Undici, proxy: string, setting: Setting): undici.Dispatcher {
  if (proxy.startsWith('socks')) return new library.Socks5ProxyAgent(proxy, poolOf(setting));
  // Absolute form for http, as others do; https goes through a tunnel in any case.
  return new library.ProxyAgent({ uri: proxy, proxyTunnel: false, ...poolOf(setting) });
}

/** The contestants of one version of undici. */
export function contestantsOf(load: () => Undici | Promise<Undici>): Record<'dispatch' | 'request' | 'fetch', Open> {
  return {
    async dispatch(setting) {
      without(setting, 'redirects', 'decode');
      const agent = agentOf(await load(), setting);
      return { ...byDispatch((options, handler) => agent.dispatch(options, handler)), close: () => agent.destroy() };
    },
    async request(setting) {
      const library = await load();
      const agent = agentOf(library, setting);
      const layers = [
        ...(setting.decode ? [library.interceptors.decompress()] : []),
        ...(setting.redirects ? [library.interceptors.redirect({ maxRedirections: 20 })] : []),
      ];
      const dispatcher = layers.length > 0 ? agent.compose(layers) : agent;
      return {
        ...byRequest((url, options) => library.request(url, { ...options, dispatcher })),
        close: () => agent.destroy(),
      };
    },
    async fetch(setting) {
      const library = await load();
      const dispatcher = agentOf(library, setting);
      return {
        ...byFetch((url, init) => library.fetch(url, { ...init, dispatcher })),
        close: () => dispatcher.destroy(),
      };
    },
  };
}

export const { dispatch, request, fetch } = contestantsOf(() => undici);
