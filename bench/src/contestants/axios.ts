import type { Readable } from 'node:stream';
import axios from 'axios';
import { bodyOf, countBytes } from './bodies.js';
import type { Open } from './contestant.js';
import { agentsOf, closeAgents } from './node-agents.js';

export const open: Open = (setting) => {
  const agents = agentsOf(setting);
  const client = axios.create({
    httpAgent: agents.http,
    httpsAgent: agents.https,
    proxy: false,
    maxRedirects: setting.redirects ? 20 : 0,
  });
  return {
    get: async (url) => (await client.get(url, { responseType: 'arraybuffer' })).status,
    download: async (url) => countBytes((await client.get<Readable>(url, { responseType: 'stream' })).data),
    async upload(url, bytes) {
      const headers = { 'content-length': bytes };
      return (await client.post(url, bodyOf(bytes), { headers, maxBodyLength: Infinity })).status;
    },
    json: async (url) => (await client.get<unknown>(url)).data,
    close: () => closeAgents(agents),
  };
};
