import { networkInterfaces } from 'node:os';
import { DIRECT } from '@netloom/contracts';
import { createLab, type Lab, type OriginOptions } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, labConnector, opening, via } from '../../test/support/connecting.js';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
});

afterAll(() => lab.close());

describe('ways to an origin', () => {
  const secret = { username: 'alice', password: 'päßword' };
  const ways = {
    direct: async () => undefined,
    'HTTP proxy': async () => via('http', await lab.proxy()),
    'HTTPS proxy': async () => via('https', await lab.proxy({ tls: true })),
    SOCKS4: async () => via('socks4', await lab.socks({ versions: ['4'] })),
    'SOCKS4 with user id': async () => via('socks4', await lab.socks({ username: 'alice' }), { credentials: secret }),
    SOCKS4a: async () => via('socks4a', await lab.socks({ versions: ['4a'] })),
    SOCKS5: async () => via('socks5', await lab.socks({ versions: ['5'] })),
    'SOCKS5, name resolved here': async () => via('socks5', await lab.socks(), { resolveAt: 'client' }),
    'SOCKS5 with password': async () => via('socks5', await lab.socks(secret), { credentials: secret }),
  } as const;

  for (const [name, way] of Object.entries(ways)) {
    for (const protocol of ['http', 'https', 'h2'] as const) {
      test(`${protocol} origin: ${name}`, async () => {
        const origin = await lab.origin({ protocol });
        const route = await way();
        const alpn = protocol === 'h2' ? ['h2', 'http/1.1'] : ['http/1.1'];
        const opened = await labConnector(lab).open(opening(origin.url, { ...(route && { route }), alpn }));
        expect(opened.alpn).toBe(protocol === 'http' ? undefined : protocol === 'h2' ? 'h2' : 'http/1.1');
        expect(opened.auth.multiplexed).toBe(protocol === 'h2');
        if (protocol === 'h2') return void opened.socket.destroy();
        expect(await get(opened.socket)).toMatch(/^HTTP\/1\.1 200 /);
        expect(origin.stats.requests).toBe(1);
      });
    }
  }
});

describe('IPv6', () => {
  const loopback = Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.address === '::1');
  if (!loopback) console.warn('IPv6 is not tested: this machine has no ::1');

  describe.runIf(loopback)('literals', () => {
    test.each(['http', 'https'] as const)('%s, on every way', async (protocol) => {
      const origin = await lab.origin({ protocol, host: '::1' });
      const routes = [
        DIRECT,
        { proxy: { scheme: 'http', host: '::1', port: (await lab.proxy({ host: '::1' })).port } },
        via('https', await lab.proxy({ tls: true })),
        via('socks5', await lab.socks()),
        via('socks5', await lab.socks(), { resolveAt: 'client' }),
      ] as const;
      for (const route of routes) {
        const { socket } = await labConnector(lab).open(opening(`${protocol}://[::1]:${origin.port}`, { route }));
        expect(await get(socket)).toContain('200 OK');
      }
    });

    test('a name with an address of each family is reached on either', async () => {
      lab.dns.set('both.test', ['::1', '127.0.0.1']);
      for (const host of ['::1', '127.0.0.1']) {
        const { port } = await lab.origin({ protocol: 'http', host });
        const { socket } = await labConnector(lab).open(opening(`http://both.test:${port}`));
        expect(socket.remoteAddress).toBe(host);
        expect(await get(socket)).toContain('200 OK');
      }
    });
  });
});

describe('an opened connection', () => {
  const open = async (protocol: OriginOptions['protocol'], tls: boolean, tunnel = true) => {
    const proxy = await lab.proxy({ tls, cert: { hash: 'sha384' } });
    const origin = await lab.origin({ protocol, cert: { hash: 'sha512' } });
    return labConnector(lab).open(opening(origin.url, { route: via(tls ? 'https' : 'http', proxy), tunnel }));
  };
  const PREFIX = 'tls-server-end-point:'.length;

  test('has the channel bindings of its TLS layers', async () => {
    const both = await open('https', true);
    expect(both.auth.channelBinding('proxy')?.applicationData).toHaveLength(PREFIX + 48);
    expect(both.auth.channelBinding('server')?.applicationData).toHaveLength(PREFIX + 64);
    expect(both.auth.channelBinding('server')).toBe(both.auth.channelBinding('server'));
    const plainProxy = await open('https', false);
    expect(plainProxy.auth.channelBinding('proxy')).toBeUndefined();
    expect(plainProxy.auth.channelBinding('server')?.applicationData).toHaveLength(PREFIX + 64);
    const toProxyOnly = await open('http', true, false);
    expect(toProxyOnly.auth.channelBinding('proxy')?.applicationData).toHaveLength(PREFIX + 48);
    expect(toProxyOnly.auth.channelBinding('server')).toBeUndefined();
    for (const { socket } of [both, plainProxy, toProxyOnly]) socket.destroy();
  });

  test.each([
    ['a socket', 'http', false],
    ['TLS', 'https', false],
    ['TLS inside TLS', 'https', true],
  ] as const)('lets the process end once it is unreferenced: %s', async (_name, protocol, tls) => {
    const { socket } = await open(protocol, tls);
    const referenced = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
    const before = referenced();
    socket.unref();
    expect(referenced()).toBe(before - 1);
    socket.destroy();
  });

  test('buffers ahead of its reader as much as it is told', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const plain = await lab.origin({ protocol: 'http' });
    for (const [highWaterMark, expected] of [
      [100_000, 100_000],
      [undefined, 256 * 1024],
    ] as const) {
      const connector = labConnector(lab, { highWaterMark });
      for (const { url } of [origin, plain]) {
        const { socket } = await connector.open(opening(url));
        expect(socket.readableHighWaterMark).toBe(expected);
        socket.destroy();
      }
    }
  });
});
