import { basicAuth, boundAuth, digestAuth, type Fault } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { mayStayUnread } from '../src/interceptors/refused-upload.js';
import { outcome, useLab } from './support/lab-client.js';
import { serve } from './support/servers.js';

const environment = useLab();

const SCHEMES = { basic: basicAuth, digest: digestAuth, bound: boundAuth };
type SchemeName = keyof typeof SCHEMES;
const names = Object.keys(SCHEMES) as SchemeName[];

const LONG = Buffer.alloc(100_000, 'netloom ');
const SHORT = Buffer.alloc(1_000, 'netloom ');

async function forwardingProxy(scheme: SchemeName, fault?: Fault) {
  const { lab } = environment;
  const origin = await lab.origin({ protocol: 'http' });
  const proxy = await lab.proxy({ auth: { schemes: [SCHEMES[scheme]()] }, ...(fault && { fault }) });
  return { origin, proxy };
}

const upload = (url: string, body: Buffer, id: string) =>
  [`${url}/upload`, { method: 'POST', body, headers: { 'x-upload-id': id } }] as const;

describe('a peer that refuses an upload, says keep-alive and reads no further', () => {
  test.each(names)('a proxy with %s gets it on another connection, once', async (scheme) => {
    const { origin, proxy } = await forwardingProxy(scheme, { kind: 'unread-upload' });
    const client = environment.client({ proxy: proxy.url });
    expect(await outcome(client.request(...upload(origin.url, LONG, 'a')))).toBe(200);
    expect(origin.uploads.get('a')).toMatchObject([{ bytes: LONG.length }]);
    expect(proxy.stats.connections).toBe(2);
    expect(proxy.stats.faults).toBe(1);
    expect(await outcome(client.request(...upload(origin.url, LONG, 'b')))).toBe(200);
    expect(proxy.stats.connections).toBe(2);
  });

  test.each(names)('a proxy with %s gets fifty at a time over six connections', async (scheme) => {
    const { origin, proxy } = await forwardingProxy(scheme, { kind: 'unread-upload' });
    const client = environment.client({ proxy: proxy.url, limits: { perOrigin: 6 } });
    const answers = Array.from({ length: 50 }, (_, i) =>
      outcome(client.request(...upload(origin.url, LONG, `${scheme} ${i}`))),
    );
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect([...origin.uploads.values()].every((uploads) => uploads.length === 1)).toBe(true);
    expect(origin.uploads.size).toBe(50);
    // Whoever begins on a connection on which nobody has signed in is refused there first.
    expect(proxy.stats.connections).toBeLessThanOrEqual(scheme === 'bound' ? 56 : 12);
  });

  test.each(names)('a server with %s that is known for it gets it on another connection', async (scheme) => {
    const origin = await environment.lab.origin({
      protocol: 'http',
      auth: { schemes: [SCHEMES[scheme]()] },
      fault: { kind: 'unread-upload', server: 'squid/5.7' },
    });
    expect(await outcome(environment.client().request(...upload(origin.url, LONG, 'a')))).toBe(200);
    expect(origin.uploads.get('a')).toMatchObject([{ bytes: LONG.length }]);
    expect(origin.stats.connections).toBe(2);
  });

  test.each([
    ['a challenge that nobody answers', 407, { 'proxy-authenticate': 'Basic realm="r"' }],
    ['a refusal by a peer that is known for it', 403, { server: 'squid/5.7' }],
  ])('%s leaves no connection behind for others', async (_, status, headers) => {
    const answer = { kind: 'answer', status, headers, first: 1 } as const;
    const proxy = await environment.lab.proxy({ fault: answer });
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = environment.client({ proxy: proxy.url, credentials: async () => undefined });
    expect(await outcome(client.request(...upload(origin.url, LONG, 'a')))).toBe(status);
    expect(await outcome(client.request(...upload(origin.url, LONG, 'b')))).toBe(200);
    expect(proxy.stats.connections).toBe(2);
  });

  test('wrong credentials are refused on connections of their own', async () => {
    const { origin, proxy } = await forwardingProxy('bound', { kind: 'unread-upload' });
    const client = environment.client({
      proxy: proxy.url,
      credentials: async ({ attempt }) => ({ username: 'alice', password: attempt === 1 ? 'wrong' : 'wonderland' }),
    });
    expect(await outcome(client.request(...upload(origin.url, LONG, 'a')))).toBe(200);
    expect(origin.uploads.get('a')).toHaveLength(1);
    expect(proxy.stats.handshakes).toBe(1);
  });
});

describe('a peer that reads on', () => {
  test.each(names)('a proxy with %s gets a short upload again on the same connection', async (scheme) => {
    const { origin, proxy } = await forwardingProxy(scheme);
    expect(await outcome(environment.client({ proxy: proxy.url }).request(...upload(origin.url, SHORT, 'a')))).toBe(
      200,
    );
    expect(proxy.stats.connections).toBe(1);
  });

  test.each(names)('a server with %s gets a long upload again on the same connection', async (scheme) => {
    const origin = await environment.lab.origin({
      protocol: 'http',
      auth: { schemes: [SCHEMES[scheme]()], early: true },
    });
    expect(await outcome(environment.client().request(...upload(origin.url, LONG, 'a')))).toBe(200);
    expect(origin.uploads.get('a')).toHaveLength(1);
    expect(origin.stats.connections).toBe(1);
  });
});

test('a first token that is accepted without the body is followed by the whole request', async () => {
  const bodies: number[] = [];
  const { origin: proxy } = await serve(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    if (request.headers['proxy-authorization'] === undefined) {
      response.writeHead(407, { 'proxy-authenticate': 'Bound' }).end();
      return;
    }
    bodies.push(bytes);
    response.writeHead(bytes === 0 ? 500 : 200, { 'set-cookie': `bytes=${bytes}` }).end(`${bytes} bytes`);
  });
  const client = environment.client({ proxy, cookies: true });
  const { statusCode, headers, body } = await client.request(...upload('http://web.test', LONG, 'a'));
  expect([statusCode, headers['set-cookie'], await body.text()]).toEqual([200, 'bytes=100000', '100000 bytes']);
  expect(bodies).toEqual([0, LONG.length]);
});

describe('mayStayUnread', () => {
  const sent = (sentBytes: number, unsentBytes = 0) => ({ sentBytes, unsentBytes });

  test.each([
    ['a proxy that refused 64 KiB', 407, {}, sent(65_536), false],
    ['a proxy that refused more', 407, {}, sent(65_537), true],
    ['a server that refused more', 401, {}, sent(1_000_000), false],
    ['a server that is known for it', 401, { server: 'squid/5.7' }, sent(65_537), true],
    ['a server that is known for it, and few bytes', 401, { server: 'Squid' }, sent(1_000), false],
    ['a server that answered before the last bytes were sent', 401, {}, sent(100_000, 65_536), false],
    ['a server that answered long before everything was sent', 401, {}, sent(4_000_000, 2_000_000), true],
    ['a server that several speak for', 401, { server: ['a', 'b'] as never }, sent(70_000), false],
  ])('%s', (_, status, headers, engine, expected) => {
    expect(mayStayUnread(status, headers, engine)).toBe(expected);
  });
});
