import { expect, test } from 'vitest';
import { net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();

test.each([
  ['http', undefined, 1],
  ['https', 3, 3],
  ['h2', 6, 1],
] as const)('requests use what is open (%s, %s)', async (protocol, numSockets, connections) => {
  const origin = await environment.lab.origin({ protocol });
  const { session } = environment;
  session.setCertificateVerifyProc((_request, callback) => callback(0));
  session.preconnect({ url: `${origin.url}/anywhere`, ...(numSockets && { numSockets }) });
  await origin.until(({ stats }) => stats.connections === connections);
  expect((await session.fetch(`${origin.url}/echo`)).status).toBe(200);
  expect((await answer(net.request({ url: `${origin.url}/echo`, session }))).response.statusCode).toBe(200);
  expect(origin.stats).toMatchObject({ connections, requests: 2 });
});

test('goes to the proxy, and fails in silence', async () => {
  const proxy = await environment.lab.proxy();
  const { session } = environment;
  await session.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
  session.preconnect({ url: 'https://nowhere.test/' });
  await proxy.until(({ stats }) => stats.connections === 1);
  await session.setProxy({ proxyRules: 'http://127.0.0.1:9' });
  session.preconnect({ url: 'https://origin.test/' });
  await expect(session.fetch('https://origin.test/')).rejects.toThrow('net::ERR_PROXY_CONNECTION_FAILED');
});

test('opens nothing where there is nothing to open: offline, and for other protocols', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const { session } = environment;
  session.preconnect({ url: 'ftp://origin.test/' });
  session.enableNetworkEmulation({ offline: true });
  session.preconnect({ url: origin.url, numSockets: 6 });
  session.disableNetworkEmulation();
  expect((await session.fetch(`${origin.url}/echo`)).status).toBe(200);
  expect(origin.stats.connections).toBe(1);
});

const NO_URL = 'Must pass non-empty valid url to session.preconnect.';
const RANGE = 'numSocketsToPreconnect is outside range [1,6]';
const url = 'http://origin.test/';
test.each<[string, unknown, string]>([
  ['nothing', undefined, NO_URL],
  ['no URL', {}, NO_URL],
  ['an empty URL', { url: '' }, NO_URL],
  ['what is no URL', { url: 'origin' }, NO_URL],
  ['no sockets', { url, numSockets: 0 }, RANGE],
  ['too many', { url, numSockets: 7 }, RANGE],
  ['a number that is none', { url, numSockets: '2' }, RANGE],
])('%s is refused', (_name, options, message) => {
  expect(() => environment.session.preconnect(options as never)).toThrow(new TypeError(message));
});
