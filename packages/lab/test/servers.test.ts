import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicAuth, createLab, type Lab, type LabEvent } from '../src/index.js';
import { ask, connectThrough, oneConnection, RawClient, secure } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

describe('counters', () => {
  it('count connections, requests and bytes', async () => {
    const origin = await lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const [one, two] = [oneConnection(), oneConnection()];
    for (const agent of [one, one, two]) await ask(`${origin.url}/`, { agent });
    expect(origin.stats).toMatchObject({
      connections: 2,
      openConnections: 2,
      requests: 3,
      rounds: 3,
      byConnection: [2, 1],
    });
    const { bytesIn, bytesOut } = origin.stats;
    expect(bytesIn).toBeGreaterThan(100);
    expect(bytesOut).toBeGreaterThan(300);
    one.destroy();
    two.destroy();
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect([origin.stats.bytesIn, origin.stats.bytesOut]).toEqual([bytesIn, bytesOut]);
  });

  it('count the bytes of TLS as they are on the wire, and of tunnels', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const proxy = await lab.proxy();
    const { socket } = await connectThrough(proxy.url, `localhost:${origin.port}`);
    const inner = await secure({ socket, ca: lab.ca.cert });
    inner.write('GET /big?bytes=100000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    inner.resume();
    await origin.until(({ stats }) => stats.openConnections === 0);
    await proxy.until(({ stats }) => stats.openConnections === 0);
    expect(origin.stats.bytesOut).toBeGreaterThan(100_000);
    expect(proxy.stats.bytesOut).toBeGreaterThan(origin.stats.bytesOut);
    expect(proxy.stats.bytesIn).toBeGreaterThan(origin.stats.bytesIn);
  });
});

describe('events', () => {
  it('are logged in order and told to listeners', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const seen: LabEvent[] = [];
    origin.on('request', (event) => seen.push(event));
    await ask(`${origin.url}/x`, { headers: { connection: 'close' } });
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect(origin.log.map(({ type }) => type)).toEqual(['connection', 'request', 'close']);
    expect(seen).toMatchObject([{ type: 'request', method: 'GET', target: '/x', protocol: 'http/1.1', connection: 1 }]);
  });

  it('tell of clients that reset', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const client = new RawClient(origin.port);
    client.write('GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
    await origin.until(({ stats }) => stats.requests === 1);
    client.socket.resetAndDestroy();
    await origin.until(({ log }) => log.some((event) => event.type === 'socket-error' && event.code === 'ECONNRESET'));
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect(origin.log.some(({ type }) => type === 'defect')).toBe(false);
  });
});

describe('until', () => {
  it('tells what was counted when it gives up', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const waiting = origin.until(({ stats }) => stats.requests > 0, { timeout: 5 });
    await expect(waiting).rejects.toThrow(/Not reached within 5 ms at http:\/\/localhost:\d+: \{"connections":0/);
  });

  it('passes on what the predicate throws', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    const waiting = origin.until(() => {
      throw new RangeError('mine');
    });
    await expect(waiting).rejects.toThrow('mine');
  });
});

describe('close', () => {
  it('ends every connection, also those in the middle of something, and the ports', async () => {
    const own = await createLab();
    const origin = await own.origin({ protocol: 'http' });
    const tls = await own.origin({ protocol: 'h2' });
    const proxy = await own.proxy({ tls: true });
    const socks = await own.socks();
    const mitm = await own.monitoringProxy();
    const clients = [
      new RawClient(origin.port),
      new RawClient(tls.port),
      new RawClient(socks.port),
      new RawClient((await connectThrough(proxy.url, `localhost:${origin.port}`, { ca: own.ca.cert })).socket),
      new RawClient((await connectThrough(mitm.url, `localhost:${tls.port}`)).socket),
    ];
    clients[0]?.write('GET /stall HTTP/1.1\r\nHost: a\r\n\r\n');
    await clients[0]?.take(/a part/);
    await own.close();
    await Promise.all(clients.map(({ closed }) => closed));
    for (const server of [origin, tls, proxy, socks, mitm]) {
      expect(server.stats.openConnections).toBe(0);
      const refused = new Promise((resolve) => connect(server.port, '127.0.0.1').on('error', resolve));
      expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
    }
    await own.close();
    await origin.close();
  });

  it('fails what is still waited for', async () => {
    const own = await createLab();
    const origin = await own.origin({ protocol: 'http' });
    const waiting = origin.until(({ stats }) => stats.requests > 0);
    await Promise.all([expect(waiting).rejects.toThrow('was closed'), own.close()]);
  });
});
