import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOUND_HELLO, basicAuth, boundAuth, createLab, type Fault, type Lab } from '../src/index.js';
import { ask, connectThrough, oneConnection, RawClient, readAll, secure } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

/** What an origin with a fault sends to a raw GET, and how its connection ends. */
async function raw(fault: Fault, request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n') {
  const origin = await lab.origin({ protocol: 'http', fault });
  const client = new RawClient(origin.port);
  client.write(request);
  await client.closed;
  return { origin, received: client.received, code: client.error?.code };
}

describe('of the port', () => {
  it('refuses and accepts again, on the same port', async () => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'refuse' } });
    await expect(ask(origin.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await origin.setFault(undefined);
    expect((await ask(`${origin.url}/`)).text).toBe('ok');
    await origin.setFault({ kind: 'refuse' });
    await expect(ask(origin.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('has ports on which nobody listens', async () => {
    await expect(ask(`http://127.0.0.1:${await lab.deadPort()}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('of an upload that is refused', () => {
  const post = (bytes: number) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;

  it('answers nothing after a long one, and names itself', async () => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [basicAuth()] },
      fault: { kind: 'unread-upload', server: 'reads-little/1.0' },
    });
    const client = new RawClient(origin.port);
    client.write(post(70_000));
    expect(await client.take(/^[\s\S]*<\/p>\n/)).toMatch(/^HTTP\/1.1 401 [\s\S]*server: reads-little/i);
    client.write(post(10));
    expect(await ask(`${origin.url}/`, {})).toMatchObject({ status: 401 });
    expect(client.received).toBe('');
    client.socket.end();
    await client.closed;
    expect(origin.stats).toMatchObject({ faults: 1, requests: 2 });
  });

  it('goes on after a short one', async () => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [basicAuth()] },
      fault: { kind: 'unread-upload', over: 100 },
    });
    const client = new RawClient(origin.port);
    client.write(post(100) + post(100));
    await origin.until(({ stats }) => stats.rounds === 2);
    expect(origin.stats.faults).toBe(0);
    client.socket.end();
    await client.closed;
  });
});

describe('that cut a connection', () => {
  it.each(['accept', 'request', 'headers', 'body'] as const)('resets at %s', async (at) => {
    const { code, origin } = await raw({ kind: 'reset', at });
    expect(code).toBe('ECONNRESET');
    expect(origin.stats.faults).toBe(1);
    expect(origin.log).toContainEqual({ type: 'fault', connection: 1, kind: `reset at ${at}` });
  });

  it.each([
    ['accept', /^$/],
    ['request', /^$/],
    ['headers', /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\nX-Cut: her$/],
    ['body', /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 10000\r\n[\s\S]*\r\n\r\na part of the body, $/],
  ] as const)('closes at %s', async (at, expected) => {
    expect((await raw({ kind: 'close', at })).received).toMatch(expected);
  });

  it.each(['accept', 'request', 'headers', 'body'] as const)('stalls at %s, until the client leaves', async (at) => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'stall', at } });
    const client = new RawClient(origin.port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await origin.until(({ stats }) => stats.faults === 1);
    if (at === 'headers') await client.take(/X-Cut: her$/);
    if (at === 'body') await client.take(/a part of the body, $/);
    expect(client.received).toBe('');
    client.socket.end();
    await origin.until(({ stats }) => stats.openConnections === 0);
    await client.closed;
  });

  it.each(['request', 'body'] as const)('resets and closes beneath TLS at %s', async (at) => {
    const origin = await lab.origin({ protocol: 'https', fault: { kind: 'reset', at } });
    const reset = new RawClient(await secure({ port: origin.port, ca: lab.ca.cert }));
    reset.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await reset.closed;
    expect(reset.error?.code).toBe('ECONNRESET');
    await origin.setFault({ kind: 'close', at });
    const closed = new RawClient(await secure({ port: origin.port, ca: lab.ca.cert }));
    closed.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await closed.closed;
    expect(closed.error).toBeUndefined();
    await origin.until(({ stats }) => stats.openConnections === 0);
  });

  it.each(['reset', 'close', 'stall'] as const)('plays %s during TLS', async (kind) => {
    const origin = await lab.origin({ protocol: 'https', fault: { kind, at: 'tls', first: 1 } });
    const client = secure({ port: origin.port, ca: lab.ca.cert });
    if (kind === 'stall') {
      await origin.until(({ stats }) => stats.faults === 1);
      origin.closeConnections({ reset: true });
    }
    await expect(client).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(origin.stats).toMatchObject({ faults: 1, requests: 0 });
    expect((await ask(`${origin.url}/`, { ca: lab.ca.cert })).text).toBe('ok');
  });

  it('counts: first, after, every, per connection', async () => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'close', at: 'request', every: 2 } });
    const outcomes = [];
    for (let index = 0; index < 4; index++)
      outcomes.push(
        await ask(`${origin.url}/`).then(
          ({ status }) => status,
          ({ code }) => code,
        ),
      );
    expect(outcomes).toEqual([200, 'ECONNRESET', 200, 'ECONNRESET']);
    await origin.setFault({ kind: 'reset', at: 'accept', first: 1 });
    await expect(ask(`${origin.url}/`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await ask(`${origin.url}/`)).status).toBe(200);
  });
});

describe('in an answer', () => {
  it('is garbage', async () => {
    for (const at of ['accept', 'request'] as const) {
      expect((await raw({ kind: 'garbage', at })).received).toContain('garbage');
    }
    expect((await raw({ kind: 'garbage', at: 'request', bytes: Buffer.from('?!') })).received).toBe('?!');
    const origin = await lab.origin({ protocol: 'https', fault: { kind: 'garbage', at: 'accept' } });
    await expect(ask(origin.url, { ca: lab.ca.cert })).rejects.toThrow(/SSL/);
  });

  it('is another answer, for a path', async () => {
    const fault = {
      kind: 'answer',
      status: 503,
      headers: { 'retry-after': '1', x: ['a', 'b'] },
      body: 'later',
      path: '/echo',
    } as const;
    const origin = await lab.origin({ protocol: 'http', fault });
    const answer = await ask(`${origin.url}/echo`);
    expect([answer.status, answer.text, answer.headers['retry-after'], answer.headers.x]).toEqual([
      503,
      'later',
      '1',
      'a, b',
    ]);
    expect((await ask(`${origin.url}/`)).text).toBe('ok');
  });

  it('has a header block that is too long', async () => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'oversize-headers' } });
    await expect(ask(origin.url)).rejects.toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
    const client = new RawClient(origin.port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.closed;
    expect(client.received.length).toBeGreaterThan(512 * 1024);
  });

  it.each([
    [{ kind: 'truncated-chunks' }, 'ECONNRESET'],
    [{ kind: 'malformed-chunk' }, 'HPE_INVALID_CHUNK_SIZE'],
    [{ kind: 'short-body', by: 3 }, 'ECONNRESET'],
  ] as const)('breaks the framing: %j', async (fault, code) => {
    const origin = await lab.origin({ protocol: 'http', fault });
    await expect(ask(origin.url)).rejects.toMatchObject({ code });
  });

  it('lies about keep-alive', async () => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'close', at: 'response' } });
    const agent = oneConnection();
    const answer = await ask(`${origin.url}/`, { agent });
    expect([answer.text, answer.headers.connection]).toEqual(['ok', 'keep-alive']);
    await origin.until(({ stats }) => stats.openConnections === 0);
    agent.destroy();
    await origin.setFault({ kind: 'close', at: 'response', announce: true });
    const next = oneConnection();
    expect((await ask(`${origin.url}/`, { agent: next })).headers.connection).toBe('close');
    next.destroy();
  });

  it('hints how long it keeps a connection, and closes it then', async () => {
    const origin = await lab.origin({ protocol: 'http', fault: { kind: 'keep-alive-hint', seconds: 0.05 } });
    const agent = oneConnection();
    expect((await ask(`${origin.url}/`, { agent })).headers['keep-alive']).toBe('timeout=0.05');
    await origin.until(({ stats }) => stats.openConnections === 0);
    agent.destroy();
  });
});

describe('of a proxy', () => {
  const proxyWith = async (fault: Fault) => {
    const proxy = await lab.proxy({ fault });
    return { proxy, target: `localhost:${(await lab.origin({ protocol: 'http' })).port}` };
  };

  it.each([
    [201, undefined],
    [204, undefined],
    [302, 'http://elsewhere.corp.test/'],
    [403, undefined],
    [500, undefined],
  ])('answers CONNECT with %i', async (status, location) => {
    const { proxy, target } = await proxyWith({ kind: 'connect-answer', status });
    const client = new RawClient(proxy.port);
    client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    const head = await client.take(/^[\s\S]*\r\n\r\n/);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*set-cookie: proxy=1`, 'i'));
    if (location) expect(head).toContain(`location: ${location}`);
    if (status !== 204) await client.take(/This page is the proxy's/);
    expect(proxy.stats.tunnels).toBe(0);
    client.socket.destroy();
  });

  it('answers CONNECT with a header block that is too long', async () => {
    const { proxy, target } = await proxyWith({ kind: 'oversize-headers', bytes: 100_000 });
    await expect(connectThrough(proxy.url, target)).rejects.toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
  });

  it('sends bytes after the 200 to CONNECT', async () => {
    const { proxy, target } = await proxyWith({ kind: 'connect-extra', bytes: Buffer.from('extra') });
    const client = new RawClient(proxy.port);
    client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    await client.take(/^HTTP\/1\.1 200 .*\r\n\r\nextra$/);
    client.socket.destroy();
  });

  it.each(['connect', 'tunnel'] as const)('resets, closes, stalls and garbles at %s', async (at) => {
    for (const kind of ['reset', 'close', 'stall', 'garbage'] as const) {
      const { proxy, target } = await proxyWith({ kind, at });
      const client = new RawClient(proxy.port);
      client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      await proxy.until(({ stats }) => stats.faults === 1);
      if (kind === 'stall') {
        expect(client.socket.destroyed).toBe(false);
        client.socket.end();
      }
      await client.closed;
      expect(proxy.stats.tunnels).toBe(at === 'tunnel' ? 1 : 0);
      if (kind === 'reset') expect(client.error?.code).toBe('ECONNRESET');
      if (kind === 'garbage') expect(client.received).toContain('garbage');
    }
  });

  it('asks for a sign-in nobody can give', async () => {
    const ways = [
      ['none', undefined],
      ['unknown', 'Riddle realm="lab", question="who"'],
      ['forever', 'Basic realm="lab", charset="UTF-8"'],
    ] as const;
    const good = `Basic ${Buffer.from('alice:wonderland').toString('base64')}`;
    for (const [challenge, expected] of ways) {
      const { proxy, target } = await proxyWith({ kind: 'challenge', challenge });
      for (const headers of [{}, { 'proxy-authorization': good }]) {
        const answer = await connectThrough(proxy.url, target, { headers });
        expect([answer.status, answer.headers['proxy-authenticate']]).toEqual([407, expected]);
      }
      expect(proxy.stats.rounds).toBe(2);
    }
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [basicAuth()] },
      fault: { kind: 'challenge', challenge: 'forever' },
    });
    expect((await ask(origin.url, { headers: { authorization: good } })).status).toBe(401);
  });
});

describe('of a sign-in', () => {
  it.each([true, false])('closes after the first challenge (announced: %s)', async (announce) => {
    const origin = await lab.origin({
      protocol: 'http',
      auth: { schemes: [basicAuth()] },
      fault: { kind: 'close', at: 'challenge', first: 1, announce },
    });
    const agent = oneConnection();
    const first = await ask(origin.url, { agent });
    expect([first.status, first.headers.connection]).toEqual([401, announce ? 'close' : 'keep-alive']);
    await origin.until(({ stats }) => stats.openConnections === 0);
    agent.destroy();
    const next = oneConnection();
    await ask(origin.url, { agent: next });
    await ask(origin.url, { agent: next });
    expect(origin.stats).toMatchObject({ connections: 2, faults: 1 });
    next.destroy();
  });

  it.each([
    [1, 2],
    [undefined, 3],
  ])('closes between rounds (first: %s)', async (first, connections) => {
    const fault: Fault = { kind: 'close', at: 'round', ...(first && { first }) };
    const proxy = await lab.proxy({ auth: { schemes: [boundAuth()] }, fault });
    for (let attempt = 0; attempt < 3; attempt++) {
      const agent = oneConnection();
      const headers = { 'proxy-authorization': `Bound ${BOUND_HELLO}`, host: 'x' };
      const answer = await ask(proxy.url, { agent, path: 'http://x/', headers });
      expect(answer.headers['proxy-authenticate']).toMatch(/^Bound .+/);
      if (proxy.stats.faults > attempt) await proxy.until(({ stats }) => stats.openConnections === 0);
      agent.destroy();
    }
    expect(proxy.stats.faults).toBe(first ?? connections);
  });
});

it('leaves the rest of a connection alone', async () => {
  const origin = await lab.origin({ protocol: 'https', fault: { kind: 'answer', status: 500, first: 1 } });
  const socket = await secure({ port: origin.port, ca: lab.ca.cert });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1\.1 500 [\s\S]*HTTP\/1\.1 200 OK/);
});

it('refuses a fault it does not know', async () => {
  const origin = await lab.origin({ protocol: 'http' });
  await expect(origin.setFault({ kind: 'flood' } as never)).rejects.toThrow("Unknown fault 'flood'");
  await expect(lab.proxy({ fault: { kind: 'flood' } as never })).rejects.toThrow(TypeError);
});
