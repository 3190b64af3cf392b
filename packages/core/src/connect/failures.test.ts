import { NetError } from '@netloom/contracts';
import { createLab, type Fault, type Lab, type LabServer } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { labConnector, opening, via } from '../../test/support/connecting.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import type { ConnectorOptions } from './connector.js';
import type { OpenedConnection, OpenOptions } from './types.js';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

/** What a connection to an https origin goes through, and the server at which something goes wrong. */
type Way = (
  fault: Fault,
) => Promise<{ readonly server: LabServer; readonly url: string; readonly route?: OpenOptions['route'] }>;

type WayName = 'origin' | 'HTTP proxy' | 'HTTPS proxy' | 'SOCKS5 proxy';

const ways: Record<WayName, Way> = {
  origin: async (fault) => {
    const server = await lab.origin({ protocol: 'https', fault });
    return { server, url: server.url };
  },
  'HTTP proxy': async (fault) => {
    const server = await lab.proxy({ fault });
    return { server, url: (await lab.origin({ protocol: 'https' })).url, route: via('http', server) };
  },
  'HTTPS proxy': async (fault) => {
    const server = await lab.proxy({ tls: true, fault });
    return { server, url: (await lab.origin({ protocol: 'https' })).url, route: via('https', server) };
  },
  'SOCKS5 proxy': async (fault) => {
    const server = await lab.socks({ fault });
    return { server, url: (await lab.origin({ protocol: 'https' })).url, route: via('socks5', server) };
  },
};

async function failure(open: Promise<OpenedConnection>): Promise<NetError> {
  const error = await open.then(
    () => expect.fail('the connection was opened'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NetError);
  return error as NetError;
}

const CLOSED_OR_RESET = /^ERR_CONNECTION_(CLOSED|RESET)$/;

describe('faults', () => {
  test.each<[WayName, Fault, string | RegExp]>([
    ['origin', { kind: 'refuse' }, 'ERR_CONNECTION_REFUSED'],
    ['origin', { kind: 'close', at: 'accept' }, CLOSED_OR_RESET],
    ['origin', { kind: 'reset', at: 'accept' }, 'ERR_CONNECTION_RESET'],
    ['origin', { kind: 'garbage', at: 'accept' }, 'ERR_SSL_PROTOCOL_ERROR'],
    ['origin', { kind: 'close', at: 'tls' }, 'ERR_CONNECTION_CLOSED'],
    ['origin', { kind: 'reset', at: 'tls' }, 'ERR_CONNECTION_RESET'],
    ['origin', { kind: 'garbage', at: 'tls' }, 'ERR_SSL_PROTOCOL_ERROR'],
    ['HTTP proxy', { kind: 'refuse' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'close', at: 'accept' }, /^ERR_(EMPTY_RESPONSE|CONNECTION_RESET)$/],
    ['HTTP proxy', { kind: 'reset', at: 'accept' }, /^ERR_(CONNECTION_RESET|PROXY_CONNECTION_FAILED)$/],
    ['HTTP proxy', { kind: 'garbage', at: 'accept' }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'close', at: 'connect' }, 'ERR_EMPTY_RESPONSE'],
    ['HTTP proxy', { kind: 'reset', at: 'connect' }, 'ERR_CONNECTION_RESET'],
    ['HTTP proxy', { kind: 'garbage', at: 'connect' }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'connect-extra' }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'connect-answer', status: 204 }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'connect-answer', status: 302 }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'connect-answer', status: 403 }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'connect-answer', status: 500 }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTP proxy', { kind: 'close', at: 'tunnel' }, 'ERR_CONNECTION_CLOSED'],
    ['HTTP proxy', { kind: 'reset', at: 'tunnel' }, 'ERR_CONNECTION_RESET'],
    ['HTTP proxy', { kind: 'garbage', at: 'tunnel' }, /^ERR_(SSL_PROTOCOL_ERROR|TUNNEL_CONNECTION_FAILED)$/],
    ['HTTPS proxy', { kind: 'refuse' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'close', at: 'accept' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'close', at: 'tls' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'reset', at: 'tls' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'garbage', at: 'tls' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'connect-answer', status: 403 }, 'ERR_TUNNEL_CONNECTION_FAILED'],
    ['HTTPS proxy', { kind: 'close', at: 'tunnel' }, 'ERR_CONNECTION_CLOSED'],
    ['HTTPS proxy', { kind: 'reset', at: 'tunnel' }, CLOSED_OR_RESET],
    ['SOCKS5 proxy', { kind: 'refuse' }, 'ERR_PROXY_CONNECTION_FAILED'],
    ['SOCKS5 proxy', { kind: 'close', at: 'tunnel' }, 'ERR_CONNECTION_CLOSED'],
    ['SOCKS5 proxy', { kind: 'reset', at: 'tunnel' }, 'ERR_CONNECTION_RESET'],
    ['SOCKS5 proxy', { kind: 'garbage', at: 'tunnel' }, 'ERR_SSL_PROTOCOL_ERROR'],
  ])('%s: %o', async (way, fault, code) => {
    const { server, url, route } = await ways[way](fault);
    const error = await failure(labConnector(lab).open(opening(url, { ...(route && { route }) })));
    expect(error.code).toMatch(code);
    expect(error.url).toBe(`${url}/`);
    expect(error.proxy).toBe(route && `${route.proxy?.scheme}://localhost:${server.port}`);
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  test('names that are not found', async () => {
    expect((await failure(labConnector(lab).open(opening('https://no.test:1')))).code).toBe('ERR_NAME_NOT_RESOLVED');
    const route = { proxy: { scheme: 'http', host: 'no.test', port: 1 } } as const;
    expect(await failure(labConnector(lab).open(opening('https://localhost:1', { route })))).toMatchObject({
      code: 'ERR_PROXY_CONNECTION_FAILED',
      cause: { code: 'ENOTFOUND' },
    });
  });

  test('a proxy that nobody here can speak to', async () => {
    const error = await failure(
      labConnector(lab).open(opening('https://localhost:1', { route: via('quic', { port: 1 }) })),
    );
    expect(error.code).toBe('ERR_NO_SUPPORTED_PROXIES');
  });
});

describe('stalls', () => {
  const stalls = [
    ['origin', 'accept', 30_000, 'ERR_TIMED_OUT'],
    ['origin', 'tls', 30_000, 'ERR_TIMED_OUT'],
    ['HTTP proxy', 'connect', 30_000, 'ERR_TIMED_OUT'],
    ['HTTP proxy', 'tunnel', 30_000, 'ERR_TIMED_OUT'],
    ['HTTPS proxy', 'tls', 30_000, 'ERR_PROXY_CONNECTION_FAILED'],
    ['HTTPS proxy', 'connect', 30_000, 'ERR_TIMED_OUT'],
    ['HTTPS proxy', 'tunnel', 30_000, 'ERR_TIMED_OUT'],
    ['SOCKS5 proxy', 'greeting', 30_000, 'ERR_TIMED_OUT'],
    ['SOCKS5 proxy', 'request', 30_000, 'ERR_TIMED_OUT'],
    ['SOCKS5 proxy', 'tunnel', 30_000, 'ERR_TIMED_OUT'],
  ] as const;

  const stalled = async (way: WayName, at: (typeof stalls)[number][1], options: Partial<OpenOptions>) => {
    const { server, url, route } = await ways[way]({ kind: 'stall', at });
    const clock = new ManualClock();
    const open = labConnector(lab, { clock }).open(opening(url, { ...(route && { route }), ...options }));
    open.catch(() => undefined); // looked at by the tests
    await server.until(({ stats }) => stats.faults > 0);
    return { server, clock, open };
  };

  test.each(stalls)('%s at %s: the time limit', async (way, at, ms, code) => {
    const { server, clock, open } = await stalled(way, at, {});
    await clock.armed(ms);
    clock.advance(ms);
    expect((await failure(open)).code).toBe(code);
    expect(clock.pending).toBe(0);
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  test.each(stalls)('%s at %s: an abort', async (way, at) => {
    const abort = new AbortController();
    const { server, clock, open } = await stalled(way, at, { signal: abort.signal });
    const reason = { of: 'any kind' };
    abort.abort(reason);
    await expect(open).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
    await server.until(({ stats }) => stats.openConnections === 0);
  });

  test('a look-up that never ends: time limit, and abort', async () => {
    const clock = new ManualClock();
    const hostResolver = {
      lookup: vi.fn<ConnectorOptions['hostResolver']['lookup']>(() => new Promise(() => undefined)),
    };
    const connector = labConnector(lab, { clock, hostResolver });
    const open = failure(connector.open(opening('https://web.test:1')));
    await clock.armed(240_000);
    clock.advance(240_000);
    expect((await open).code).toBe('ERR_CONNECTION_TIMED_OUT');
    expect(hostResolver.lookup.mock.calls[0]![1]?.signal?.aborted).toBe(true);

    const abort = new AbortController();
    const aborted = connector.open(opening('https://web.test:1', { signal: abort.signal }));
    abort.abort();
    await expect(aborted).rejects.toBe(abort.signal.reason);
    await expect(connector.open(opening('https://web.test:1', { signal: abort.signal }))).rejects.toBe(
      abort.signal.reason,
    );
  });

  test('an abort at any moment leaves nothing open', async () => {
    const origin = await lab.origin({ protocol: 'https' });
    const proxy = await lab.proxy({ tls: true });
    const connector = labConnector(lab);
    await Promise.all(
      Array.from({ length: 40 }, async (_, turns) => {
        const abort = new AbortController();
        const open = connector.open(opening(origin.url, { route: via('https', proxy), signal: abort.signal }));
        open.catch(() => undefined); // looked at below
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        abort.abort(new Error('enough'));
        const opened = await open.catch((error: Error) => void expect(error.message).toBe('enough'));
        opened?.socket.destroy();
      }),
    );
    await proxy.until(({ stats }) => stats.openConnections === 0);
    await origin.until(({ stats }) => stats.openConnections === 0);
  });
});

describe('an opened socket', () => {
  test.each(Object.keys(ways) as WayName[])(
    '%s: carries no listener of the opening, and survives errors',
    async (way) => {
      const { url, route } = await ways[way]({ kind: 'garbage', at: 'accept', path: '/never' });
      const { socket } = await labConnector(lab).open(opening(url, { ...(route && { route }) }));
      for (const event of ['readable', 'data', 'timeout', 'secureConnect', 'connect']) {
        expect([event, socket.listenerCount(event)]).toEqual([event, 0]);
      }
      expect(socket.readableFlowing).toBeFalsy();
      expect(socket.readableLength).toBe(0);
      socket.destroy(new Error('nobody listens'));
      await new Promise((resolve) => socket.once('close', resolve));
      socket.emit('error', new Error('much later'));
    },
  );
});

test.each([
  [{ timeouts: { connectMs: 0 } }, /timeouts\.connectMs must be a positive number/],
  [{ timeouts: { tlsMs: Number.NaN } }, /timeouts\.tlsMs/],
  [{ timeouts: { tlsMs: Number.POSITIVE_INFINITY } }, /timeouts\.tlsMs .* at most 2147483647/],
  [{ timeouts: { tunnelMs: '5' as never } }, /timeouts\.tunnelMs/],
  [{ highWaterMark: 0.5 }, /highWaterMark must be a positive number of bytes/],
  [{ tls: { proxy: { trust: 'x' as never } } }, /tls\.proxy\.trust/],
])('wrong options: %o', (options, message) => {
  expect(() => labConnector(lab, options)).toThrow(TypeError);
  expect(() => labConnector(lab, options)).toThrow(message);
});
