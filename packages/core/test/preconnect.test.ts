import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type ProxyResolver, parseProxyUrl } from '@netloom/contracts';
import { digestAuth } from '@netloom/lab';
import { expect, test, vi } from 'vitest';
import { channels, type PreconnectFailedEvent } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();

test.each([
  ['http', 3, 3],
  ['https', 3, 3],
  ['h2', 3, 1],
] as const)('opens connections, which the requests then use (%s)', async (protocol, connections, open) => {
  const origin = await environment.lab.origin({ protocol });
  const client = environment.client();
  await client.preconnect(`${origin.url}/whatever?is=here`, { connections });
  await client.preconnect(new URL(origin.url), { connections: 1 });
  const get = () => outcome(client.request(`${origin.url}/echo`));
  expect(await Promise.all([get(), get(), get()])).toEqual([200, 200, 200]);
  expect(origin.stats).toMatchObject({ connections: open, requests: 3 });
});

test('opens one unless it is told otherwise, and no more than the limits allow', async () => {
  const { lab } = environment;
  const [one, two] = [await lab.origin({ protocol: 'http' }), await lab.origin({ protocol: 'http' })];
  const client = environment.client({ limits: { perOrigin: 2 } });
  await client.preconnect(one.url);
  await client.preconnect(two.url, { connections: 100 });
  await two.until(({ stats }) => stats.connections === 2);
  expect([one.stats.openConnections, two.stats.openConnections]).toEqual([1, 2]);
});

test('a request that comes meanwhile is served by what is being opened', async () => {
  const origin = await environment.lab.origin({ protocol: 'https' });
  const client = environment.client();
  const opened = client.preconnect(origin.url);
  expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  await opened;
  expect(origin.stats.connections).toBe(1);
});

test.each(['http', 'https'] as const)('goes through the proxy and signs in there (%s)', async (protocol) => {
  const { lab } = environment;
  const origin = await lab.origin({ protocol });
  const proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
  const client = environment.client({ proxy: proxy.url });
  await client.preconnect(origin.url, { connections: 2 });
  await proxy.until(({ stats }) => stats.connections === 2);
  expect(proxy.stats.tunnels).toBe(protocol === 'https' ? 2 : 0);
  expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  expect(proxy.stats.connections).toBe(2);
});

test('a request of the provider that is asked does not wait for the connection that waits for the provider', async () => {
  const { lab } = environment;
  const origin = await lab.origin({ protocol: 'https' });
  const proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
  const answers: unknown[] = [];
  const client = environment.client({
    proxy: proxy.url,
    credentials: async () => {
      if (answers.length === 0) {
        answers.push('asked');
        answers.push(await outcome(client.request(`${origin.url}/echo`)));
      }
      return { username: 'alice', password: 'wonderland' };
    },
  });
  await client.preconnect(origin.url);
  // Nobody is asked in the middle of answering.
  expect(answers).toEqual(['asked', 'ERR_PROXY_AUTH_REQUESTED']);
  expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  expect(proxy.stats.tunnels).toBe(1);
});

test('takes the next route for one that fails, and tells the resolver', async () => {
  const { lab } = environment;
  const origin = await lab.origin({ protocol: 'http' });
  const proxy = await lab.proxy();
  const settle = vi.fn();
  const routes = ['http://127.0.0.1:9', proxy.url].map((url) => ({ proxy: parseProxyUrl(url) }));
  const resolver: ProxyResolver = {
    resolve: async () => ({ routes, why: { source: 'fixed' }, settle }) as never,
  };
  const client = environment.client({ proxy: resolver });
  await client.preconnect(origin.url);
  await proxy.until(({ stats }) => stats.connections === 1);
  expect(settle).toHaveBeenCalledWith(expect.objectContaining({ used: routes[1], failures: [expect.anything()] }));
});

test('a failure is told by a channel only', async () => {
  const failed = vi.fn<(event: unknown) => void>();
  channels.preconnectFailed.subscribe(failed);
  const origin = await environment.lab.origin({ protocol: 'https', cert: 'unknown-ca' });
  const client = environment.client();
  await client.preconnect(origin.url);
  channels.preconnectFailed.unsubscribe(failed);
  const event: PreconnectFailedEvent = { url: origin.url, code: 'ERR_CERT_AUTHORITY_INVALID' };
  expect(failed.mock.calls.map(([first]) => first)).toEqual([event]);
  expect(await outcome(client.request(origin.url))).toBe('ERR_CERT_AUTHORITY_INVALID');
});

test('a request that finds its connection closed by the server is sent again on another', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    const isFirst = ++connections === 1;
    socket.on('error', () => undefined);
    socket.once('data', () => (isFirst ? socket.destroy() : socket.end('HTTP/1.1 204 No Content\r\n\r\n')));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = environment.client();
  await client.preconnect(url);
  expect(await outcome(client.request(url))).toBe(204);
  expect(connections).toBe(2);
  server.close();
});

test.each(['close', 'destroy'] as const)('%s ends what is being opened', async (end) => {
  const lookup = vi.fn(() => new Promise<never>(() => undefined));
  const client = environment.client({ hostResolver: { lookup } });
  const opened = client.preconnect('http://slow.test/');
  await vi.waitFor(() => expect(lookup).toHaveBeenCalled());
  await client[end]();
  await opened;
  await client.preconnect('http://slow.test/');
  expect(lookup).toHaveBeenCalledTimes(1);
});

test.each<[string, unknown, unknown, RegExp]>([
  ['no URL', 'nonsense', undefined, /url has to be an http or https URL/],
  ['another protocol', 'ftp://origin.test/', undefined, /url has to be an http or https URL/],
  ['no connection', 'http://origin.test/', { connections: 0 }, /connections has to be a whole number of at least 1/],
  ['a number that is none', 'http://origin.test/', { connections: '2' }, /connections has to be a whole number/],
])('%s is refused', async (_name, url, options, message) => {
  await expect(environment.client().preconnect(url as string, options as never)).rejects.toThrow(message);
});
