import fetch from 'node-fetch';
import { bodyOf, countBytes } from './bodies.js';
import type { Open } from './contestant.js';
import { agentsOf, closeAgents } from './node-agents.js';

export const open: Open = (setting) => {
  const agents = agentsOf(setting);
  const agent = (url: URL) => (url.protocol === 'https:' ? agents.https : agents.http);
  return {
    async get(url) {
      const response = await fetch(url, { agent });
      await response.arrayBuffer();
      return response.status;
    },
    download: async (url) => countBytes((await fetch(url, { agent })).body!),
    async upload(url, bytes) {
      const headers = { 'content-length': String(bytes) };
      const response = await fetch(url, { agent, method: 'POST', body: bodyOf(bytes), headers });
      await response.arrayBuffer();
      return response.status;
    },
    json: async (url) => (await fetch(url, { agent })).json(),
    close: () => closeAgents(agents),
  };
};
