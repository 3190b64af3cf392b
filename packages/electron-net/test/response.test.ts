import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type IncomingMessage, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed } from './support/record.js';

const environment = useLab();
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server of the test's own. */
async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const get = (url: string) => answer(net.request({ url, session: environment.session }));

describe('the head', () => {
  test('has fields by name, and as they came', async () => {
    const raw = ['X-One', 'a', 'x-one', 'b', 'Set-Cookie', 'c=d', 'Last-Modified', 'first', 'last-modified', 'second'];
    const url = await serve((_request, response) => {
      response.sendDate = false;
      response.writeHead(299, 'Quite Good', [...raw, 'X-Utf8', Buffer.from('ü').toString('latin1')]).end();
    });
    const { response } = await get(url);
    expect(response.statusCode).toBe(299);
    expect(response.statusMessage).toBe('Quite Good');
    expect([response.httpVersion, response.httpVersionMajor, response.httpVersionMinor]).toEqual(['1.1', 1, 1]);
    expect(response.headers).toMatchObject({
      'x-one': 'a, b',
      'set-cookie': ['c=d'],
      'last-modified': 'first',
      'x-utf8': 'ü',
    });
    expect(response.rawHeaders.slice(0, raw.length)).toEqual(raw);
    expect(response._responseHead).toMatchObject({
      statusCode: 299,
      statusMessage: 'Quite Good',
      httpVersion: { major: 1, minor: 1 },
      headers: { 'x-one': ['a', 'b'], 'last-modified': ['first', 'second'] },
      rawHeaders: expect.arrayContaining([
        { key: 'X-One', value: 'a' },
        { key: 'x-one', value: 'b' },
      ]),
    });
  });

  test('can be changed by who has it', async () => {
    const { response } = await get(await serve((_request, answer) => answer.end()));
    Object.assign(response, { statusMessage: 'Fine', headers: { a: 'b' }, rawHeaders: ['a', 'b'], url: 'other' });
    expect(response).toMatchObject({
      statusMessage: 'Fine',
      headers: { a: 'b' },
      rawHeaders: ['a', 'b'],
      url: 'other',
    });
  });

  test('tells of the coding that was undone', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { response, text } = await get(`${origin.url}/compressed/gzip`);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(text).toMatch(/^\w/);
  });

  test('tells of it also where the program has asked for one itself', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const url = `${origin.url}/compressed/gzip`;
    const headers = { 'Accept-Encoding': 'gzip' };
    const { response, text } = await answer(net.request({ url, headers, session: environment.session }));
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(text).toMatch(/^\w/);
  });

  test('a name that is a property of every object does no harm', async () => {
    const { response } = await get(await serve((_request, answer) => answer.setHeader('__proto__', 'x').end()));
    expect(Object.getPrototypeOf(response.headers)).toBe(Object.prototype);
    expect(response.rawHeaders).toContain('__proto__');
  });
});

describe('the body', () => {
  test.each([404, 500])('of a %d can be read', async (status) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { response, text } = await get(`${origin.url}/status/${status}`);
    expect([response.statusCode, text]).toEqual([status, `status ${status}`]);
  });

  test('goes by pipe into node:http, and one of node:http into a request', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const url = await serve((incoming, outgoing) => {
      const request = net.request({ method: 'POST', url: `${origin.url}/upload`, session: environment.session });
      request.on('response', (response) => response.pipe(outgoing));
      incoming.pipe(request);
    });
    const { text } = await answer(
      net.request({ method: 'POST', url, session: environment.session }),
      'x'.repeat(300_000),
    );
    expect(JSON.parse(text)).toMatchObject({ bytes: 300_000 });
  });

  test('that nobody reads holds the server up', async () => {
    const chunk = Buffer.alloc(1_000_000);
    let sent = 0;
    const url = await serve((_request, response) => {
      const write = () => {
        while (sent < 25) {
          sent += 1;
          if (!response.write(chunk)) return response.once('drain', write);
        }
      };
      write();
    });
    const request = net.request({ url, session: environment.session });
    const closing = once(request, 'close');
    const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
    // The request closes when the response waits for a reader that is not there.
    await closing;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBeLessThan(25);
    response.destroy();
  });

  test('has trailers', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { response } = await get(`${origin.url}/trailers`);
    expect(Object.keys(response.trailers).length).toBeGreaterThan(0);
    expect(response.rawTrailers).toHaveLength(2 * Object.keys(response.trailers).length);
  });
});

test('what a listener throws is an uncaught exception, and disturbs no request', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const caught: unknown[] = [];
  process.on('uncaughtException', (error) => caught.push(error.message));
  try {
    const request = net.request({ url: `${origin.url}/redirect?to=/echo`, session: environment.session });
    const events = ['redirect', 'response'] as const;
    for (const event of events) {
      request.on(event, (...args: unknown[]) => {
        if (event === 'response') (args[0] as IncomingMessage).resume();
        throw new Error(event);
      });
    }
    request.end();
    await closed(request);
    expect(caught).toEqual(events);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
});
