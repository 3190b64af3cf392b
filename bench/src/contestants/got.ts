import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { got } from 'got';
import { bodyOf, countBytes } from './bodies.js';
import type { Open } from './contestant.js';
import { agentsOf, closeAgents } from './node-agents.js';

export const open: Open = (setting) => {
  const agents = agentsOf(setting);
  const client = got.extend({ agent: agents, retry: { limit: 0 } });
  return {
    get: async (url) => (await client(url, { responseType: 'buffer' })).statusCode,
    download: (url) => countBytes(client.stream(url)),
    async upload(url, bytes) {
      const request = client.stream.post(url, { headers: { 'content-length': String(bytes) } });
      const answered = once(request, 'response') as Promise<[{ statusCode: number }]>;
      request.resume();
      await pipeline(bodyOf(bytes), request);
      return (await answered)[0].statusCode;
    },
    json: (url) => client(url).json(),
    close: () => closeAgents(agents),
  };
};
