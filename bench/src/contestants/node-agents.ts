import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ProxyAgent } from 'proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import { NotHere, type Setting, without } from './contestant.js';

/** Agents of node:http for both protocols. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * After how long a connection that nobody uses is closed. These agents keep one for every origin, without a limit, so that
 * with 4,000 new origins a second a process soon has no file left to open.
 */
const IDLE_MS = 1000;

/** The agents that programs of node:http take to get through a proxy. */
export function agentsOf(setting: Setting): Agents {
  without(setting, 'signIn', 'pac', 'http2');
  const { proxy, connections } = setting;
  const options = { keepAlive: true, maxSockets: connections, timeout: IDLE_MS };
  if (proxy === undefined) return { http: new HttpAgent(options), https: new HttpsAgent(options) };
  if (proxy.startsWith('socks')) {
    const agent = new SocksProxyAgent(proxy, options) as unknown as HttpsAgent;
    return { http: agent, https: agent };
  }
  const agent = new HttpsProxyAgent(proxy, options) as unknown as HttpsAgent;
  return { http: agent, https: agent };
}

/** proxy-agent, which chooses among the others for each request. */
export function proxyAgentsOf(setting: Setting): Agents {
  without(setting, 'signIn', 'pac', 'http2');
  const { proxy, connections } = setting;
  if (proxy === undefined) throw new NotHere('proxy-agent is node:http where there is no proxy');
  const options = { maxSockets: connections, getProxyForUrl: () => proxy };
  return {
    // It writes the absolute form when it opens a connection: on one that was kept, proxies refuse the request.
    http: new ProxyAgent(options),
    https: new ProxyAgent({ ...options, keepAlive: true }) as unknown as HttpsAgent,
  };
}

/** Closes them. */
export function closeAgents({ http, https }: Agents): void {
  http.destroy();
  https.destroy();
}
