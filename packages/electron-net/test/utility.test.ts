import { expect, test } from 'vitest';
import { app } from '../src/index.js';
import { net } from '../src/utility.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();

test('requests of a utility process go by the proxies of the app, and those of sessions do not', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const proxy = await environment.lab.proxy();
  await app.setProxy({ proxyRules: proxy.url, proxyBypassRules: '<-loopback>' });
  expect((await net.fetch(`${origin.url}/echo`)).status).toBe(200);
  expect((await answer(net.request(`${origin.url}/echo`))).response.statusCode).toBe(200);
  expect(proxy.stats.requests).toBe(2);
  expect((await environment.session.fetch(`${origin.url}/echo`)).status).toBe(200);
  const own = net.request({ url: `${origin.url}/echo`, session: environment.session });
  expect((await answer(own)).response.statusCode).toBe(200);
  expect(
    (await answer(net.request({ url: `${origin.url}/echo`, partition: 'of a utility' }))).response.statusCode,
  ).toBe(200);
  expect(proxy.stats.requests).toBe(2);
  await app.setProxy({ mode: 'system' });
});

test('names are resolved there, too', async () => {
  expect(await net.resolveHost('127.0.0.1')).toEqual({ endpoints: [{ address: '127.0.0.1', family: 'ipv4' }] });
  expect(net.online).toBe(net.isOnline());
});

test('what takes the place of its request makes the requests of its fetch', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const { request: original } = net;
  const seen: unknown[] = [];
  net.request = (options, ...rest) => {
    seen.push(options);
    return original(options, ...rest);
  };
  try {
    expect((await net.fetch(`${origin.url}/echo`)).status).toBe(200);
    expect(seen).toMatchObject([{ url: `${origin.url}/echo` }]);
  } finally {
    net.request = original;
  }
});
