import { Writable } from 'node:stream';
import { basicAuth, boundAuth, digestAuth } from '@netloom/lab';
import * as undici from 'undici';
import { describe, expect, test } from 'vitest';
import { useLab } from './support/lab-client.js';

const environment = useLab();
const SCHEMES = { basic: basicAuth, digest: digestAuth, bound: boundAuth };

const BODIES: Readonly<Record<string, () => { body: string | FormData | Blob; contains: string }>> = {
  'a string': () => ({ body: 'grüße', contains: 'grüße' }),
  FormData: () => {
    const form = new FormData();
    form.set('field', 'value of the field');
    form.set('file', new Blob(['content of the file']), 'file.txt');
    return { body: form, contains: 'content of the file' };
  },
  'a Blob': () => ({ body: new Blob(['blob content'], { type: 'text/plain' }), contains: 'blob content' }),
};

describe.each(Object.entries(SCHEMES))('through a proxy that asks for %s', (_name, scheme) => {
  test.each(['http', 'https', 'h2'] as const)('built-in fetch posts over %s', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [scheme()] } });
    const { dispatcher } = environment.client({ proxy: proxy.url });
    for (const [kind, make] of Object.entries(BODIES)) {
      const { body } = make();
      const answer = await fetch(`${origin.url}/echo`, { method: 'POST', body, dispatcher } as RequestInit);
      const echo = (await answer.json()) as { bytes: number };
      expect([kind, answer.status, echo.bytes > 0]).toEqual([kind, 200, true]);
    }
  });

  test.each(['http', 'https'] as const)('WebSocket and EventSource over %s', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [scheme()] } });
    const { dispatcher } = environment.client({ proxy: proxy.url });

    const socket = new undici.WebSocket(`${origin.url.replace(/^http/, 'ws')}/ws`, { dispatcher });
    const echoed = await new Promise((resolve, reject) => {
      socket.addEventListener('open', () => socket.send('hello'));
      socket.addEventListener('message', ({ data }) => resolve(data));
      socket.addEventListener('error', ({ error }) => reject(error));
    });
    expect(echoed).toBe('hello');
    socket.close();
    expect(proxy.stats.tunnels).toBeGreaterThan(0);

    const events = new undici.EventSource(`${origin.url}/events?hold=1`, { dispatcher });
    const first = await new Promise((resolve, reject) => {
      events.addEventListener('tick', (event) => resolve((event as undici.MessageEvent).data));
      events.addEventListener('error', reject);
    });
    expect(first).toBe('event 1');
    events.close();
  });
});

test('a WebSocket has the limits that undici’s own dispatchers set', () => {
  const { dispatcher } = environment.client();
  expect((dispatcher as unknown as undici.Agent & { webSocketOptions: object }).webSocketOptions).toEqual(
    (new undici.Agent() as undici.Agent & { webSocketOptions: object }).webSocketOptions,
  );
});

describe('without a proxy', () => {
  test.each(['http', 'https', 'h2'] as const)(
    'undici.fetch, undici.request, stream and client.fetch over %s',
    async (protocol) => {
      const origin = await environment.lab.origin({ protocol });
      const client = environment.client();
      const { dispatcher } = client;
      const url = `${origin.url}/echo`;
      expect((await undici.fetch(url, { dispatcher })).status).toBe(200);
      expect((await undici.request(url, { dispatcher, method: 'POST', body: 'x' })).statusCode).toBe(200);
      expect((await client.fetch(new Request(url, { method: 'PUT', body: 'built-in Request' }))).status).toBe(200);
      expect((await client.fetch(new undici.Request(url))).status).toBe(200);
      const chunks: Buffer[] = [];
      const sink = () =>
        new Writable({
          write(chunk, _encoding, done) {
            chunks.push(chunk);
            done();
          },
        });
      await undici.stream(url, { dispatcher, method: 'GET' }, sink);
      expect(Buffer.concat(chunks).toString()).toContain('/echo');
    },
  );

  test('the result of request tells connection, route and sign-in', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2', auth: { schemes: [digestAuth()] } });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const client = environment.client({ proxy: proxy.url });
    const { connection, route, auth, body } = await client.request(`${origin.url}/echo`);
    await body.text();
    expect({ protocol: connection?.protocol, route, auth }).toEqual({
      protocol: 'h2',
      route: proxy.url,
      auth: { server: 'digest', proxy: 'basic' },
    });
  });

  test('bytes go up and down unchanged, with backpressure', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    const client = environment.client();
    const { body } = await client.request(`${origin.url}/big?bytes=20000000`);
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(20_000_000);
  });
});

describe('a server that speaks HTTP/2', () => {
  test.each([
    ['GOAWAY that spares nobody', { kind: 'goaway', mode: 'unprocessed', first: 1, after: 5 }],
    ['graceful GOAWAY', { kind: 'goaway', mode: 'graceful', first: 1, after: 5 }],
    ['refused streams', { kind: 'refused-stream', every: 3 }],
    ['ten streams at a time', { kind: 'max-streams', max: 10 }],
  ] as const)('%s: 60 parallel requests are answered', async (_name, fault) => {
    const origin = await environment.lab.origin({ protocol: 'h2', fault });
    const client = environment.client({ limits: { perOrigin: 6 } });
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const { statusCode, body } = await client.request(`${origin.url}/echo?${i}`, { method: 'POST', body: `${i}` });
        await body.text();
        return statusCode;
      }),
    );
    expect(answers).toEqual(answers.map(() => 200));
  });

  test('a burst opens one connection', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    const client = environment.client();
    await Promise.all(Array.from({ length: 50 }, async () => (await client.request(`${origin.url}/echo`)).body.text()));
    expect(origin.stats.connections).toBe(1);
  });
});
