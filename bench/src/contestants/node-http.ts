import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { bodyOf, countBytes } from './bodies.js';
import { type Open, type Opened, without } from './contestant.js';
import { type Agents, agentsOf, closeAgents, proxyAgentsOf } from './node-agents.js';

function overAgents(agents: Agents): Opened {
  const start = (url: string, options: RequestOptions) =>
    url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http });
  const ask = (url: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      start(url, {}).once('response', resolve).once('error', reject).end();
    });
  return {
    async get(url) {
      const response = await ask(url);
      response.resume();
      await once(response, 'end');
      return response.statusCode ?? 0;
    },
    download: async (url) => countBytes(await ask(url)),
    async upload(url, bytes) {
      const request = start(url, { method: 'POST', headers: { 'content-length': bytes } });
      const answered = once(request, 'response') as Promise<[IncomingMessage]>;
      await pipeline(bodyOf(bytes), request);
      const [response] = await answered;
      response.resume();
      await once(response, 'end');
      return response.statusCode ?? 0;
    },
    async json(url) {
      const response = await ask(url);
      const decoded = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
      let text = '';
      decoded.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await once(decoded, 'end');
      return JSON.parse(text);
    },
    close: () => closeAgents(agents),
  };
}

/** node:http and node:https; through a proxy with https-proxy-agent or socks-proxy-agent. */
export const node: Open = (setting) => {
  without(setting, 'redirects');
  return overAgents(agentsOf(setting));
};

/** The same with proxy-agent. */
export const proxyAgent: Open = (setting) => {
  without(setting, 'redirects');
  return overAgents(proxyAgentsOf(setting));
};
