import { describe, expect, test } from 'vitest';
import { net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed, record } from './support/record.js';

const environment = useLab();
const get = (url: string) => answer(net.request({ url, session: environment.session }));

describe('an emulated network', () => {
  test('that is offline fails requests, those under way too, until it ends', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    environment.session.enableNetworkEmulation({ latency: 1 });
    const request = net.request({ url: `${origin.url}/slow?ms=60000`, session: environment.session });
    const events = record(request);
    request.end();
    while (origin.stats.requests === 0) await new Promise(setImmediate);
    environment.session.enableNetworkEmulation({ offline: true });
    await closed(request);
    expect(events).toEqual(['request finish', 'request error net::ERR_INTERNET_DISCONNECTED', 'request close']);
    await expect(environment.session.fetch(origin.url)).rejects.toThrow('net::ERR_INTERNET_DISCONNECTED');
    environment.session.disableNetworkEmulation();
    expect((await environment.session.fetch(origin.url)).status).toBe(200);
  });

  test('hands responses on late and slowly, whole and in order', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const fast = await get(`${origin.url}/big?bytes=200000`);
    environment.session.enableNetworkEmulation({ latency: 30, downloadThroughput: 1_000_000 });
    const begun = performance.now();
    const slow = await get(`${origin.url}/big?bytes=200000`);
    // A lower bound holds however busy the machine is.
    expect(performance.now() - begun).toBeGreaterThan(200);
    expect(slow.text === fast.text).toBe(true);
    environment.session.disableNetworkEmulation();
  });

  test('takes uploads slowly', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    environment.session.enableNetworkEmulation({ uploadThroughput: 100_000 });
    const begun = performance.now();
    await answer(
      net.request({ method: 'POST', url: `${origin.url}/echo`, session: environment.session }),
      'x'.repeat(10_000),
    );
    expect(performance.now() - begun).toBeGreaterThan(95);
    environment.session.disableNetworkEmulation();
  });

  test('does not read ahead of a program that reads nothing', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    environment.session.enableNetworkEmulation({ latency: 1, downloadThroughput: 1e9 });
    const request = net.request({ url: `${origin.url}/big?bytes=50000000`, session: environment.session });
    const response = await new Promise<import('../src/index.js').IncomingMessage>((resolve) => {
      request.on('response', resolve);
      request.end();
    });
    await new Promise((resolve) => response.once('readable', resolve));
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(response.readableLength).toBeLessThan(2_000_000);
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(50_000_000);
    environment.session.disableNetworkEmulation();
  });

  test.each<[unknown, string]>([
    [null, '`options` should be an object'],
    [{ offline: 1 }, '`offline` should be a boolean'],
    [{ latency: -1 }, '`latency` should be a number of at least 0'],
    [{ downloadThroughput: Number.NaN }, '`downloadThroughput` should be a number of at least 0'],
  ])('%j is refused', (options, message) =>
    expect(() => environment.session.enableNetworkEmulation(options as never)).toThrow(new TypeError(message)),
  );
});
