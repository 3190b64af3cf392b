import { type Client, createClient } from '@netloom/core';
import { EventSource, request, fetch as undiciFetch, WebSocket } from 'undici';

export const client: Client = createClient({
  proxy: 'http://proxy.test:3128',
  credentials: async ({ target, signal }) => {
    signal.throwIfAborted();
    return target === 'proxy' ? { username: 'alice', password: 'wonderland' } : undefined;
  },
});

/** Everything that takes a dispatcher takes the client's, Node's own fetch first. */
export async function use({ dispatcher }: Client, signal: AbortSignal): Promise<number> {
  const responses = [
    await fetch('http://origin.test/', { dispatcher }),
    await fetch(new URL('http://origin.test/'), { method: 'POST', body: 'text', signal, dispatcher }),
    await undiciFetch('http://origin.test/', { dispatcher }),
  ];
  const { statusCode, body } = await request('http://origin.test/', { dispatcher });
  await body.dump();
  new WebSocket('ws://origin.test/', { dispatcher }).close();
  new EventSource('http://origin.test/', { dispatcher }).close();
  return statusCode + responses.reduce((sum, response) => sum + response.status, 0);
}

export async function own(): Promise<string> {
  const { statusCode, route, body } = await client.request('http://origin.test/');
  const response = await client.fetch('http://origin.test/', { method: 'PUT', body: 'text' });
  await client.close();
  return [statusCode, route, await body.text(), response.status].join(' ');
}
