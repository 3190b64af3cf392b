import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { basic, type Client, type ClientOptions } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';
import { serve } from './support/servers.js';

const environment = useLab();

/** An origin that answers plain requests with `ok` and speaks an echo protocol where it is asked to, to whom it knows. */
async function echoOrigin() {
  const { origin, server } = await serve((_request, response) => response.end('ok'));
  const sockets: Duplex[] = [];
  server.on('upgrade', (request, socket) => {
    sockets.push(socket);
    if (request.headers.authorization === undefined) {
      const head = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="r"\r\nContent-Length: 0\r\n\r\n';
      socket.end(head);
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  // The server does not count them among its own.
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return origin;
}

const proved: string[] = [];

function clientOf(options: ClientOptions = {}): Client {
  return environment.client({
    auth: [basic()],
    credentials: async ({ onProved }) => {
      onProved(() => proved.push('proved'));
      return { username: 'alice', password: 'wonderland' };
    },
    ...options,
  });
}

function upgrade(client: Client, origin: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.dispatch(
      { origin, path: '/', method: 'GET', upgrade: 'echo' },
      {
        onRequestStart: () => undefined,
        onRequestUpgrade: (_controller, _status, _headers, socket) => resolve(socket),
        onResponseStart: (_controller, status) => reject(new Error(`status ${status}`)),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

describe('a connection that changes its protocol', () => {
  test('is signed in, carries bytes, and tells that the credentials were right', async () => {
    const socket = await upgrade(clientOf(), await echoOrigin());
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    expect(proved).toEqual(['proved']);
    socket.destroy();
  });

  test('counts until it is closed', async () => {
    const origin = await echoOrigin();
    const client = clientOf({ limits: { total: 1 } });
    const socket = await upgrade(client, origin);
    let answered = false;
    const answer = outcome(client.request(origin)).finally(() => {
      answered = true;
    });
    socket.write('still here');
    await once(socket, 'data');
    expect(answered).toBe(false);
    socket.destroy();
    expect(await answer).toBe(200);
  });

  test('does not keep close() waiting, and stays open', async () => {
    const client = clientOf();
    const socket = await upgrade(client, await echoOrigin());
    await client.close();
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');
    socket.destroy();
  });

  test('is closed by destroy()', async () => {
    const client = clientOf();
    const socket = await upgrade(client, await echoOrigin());
    const closed = once(socket, 'close');
    await client.destroy();
    await closed;
  });
});

test('close() waits for the redirects of a request under way', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const client = environment.client({ redirect: { mode: 'follow' } });
  const answer = outcome(client.request(`${origin.url}/redirects/3`));
  await origin.until(({ stats }) => stats.requests >= 1);
  const closed = client.close();
  expect(await answer).toBe(200);
  await closed;
  expect(await outcome(client.request(origin.url))).toBe('ERR_CONTEXT_SHUT_DOWN');
});

test('the error for a body that cannot be sent again names the schemes that were offered', async () => {
  const proxy = await environment.lab.proxy({ fault: { kind: 'challenge', challenge: 'forever' } });
  const client = environment.client({ proxy: proxy.url, replayBufferBytes: 10 });
  const body = (async function* () {
    yield Buffer.alloc(1000);
  })();
  await expect(client.request('http://web.test/', { method: 'POST', body })).rejects.toMatchObject({
    code: 'ERR_PROXY_AUTH_REQUESTED',
    offered: ['basic'],
  });
});

test('streams that fail with a fresh HTTP/2 connection are not sent again', async () => {
  const origin = await environment.lab.origin({ protocol: 'h2', fault: { kind: 'reset', at: 'request' } });
  const answers = Array.from({ length: 5 }, () => outcome(environment.client().request(`${origin.url}/echo`)));
  await Promise.all(answers);
  const client = environment.client();
  const connections = origin.stats.connections;
  await Promise.all(Array.from({ length: 5 }, () => outcome(client.request(`${origin.url}/echo`))));
  expect(origin.stats.connections).toBe(connections + 1);
});
